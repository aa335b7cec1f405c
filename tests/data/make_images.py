"""Makes the image files of this folder. Needs numpy, tifffile and imagecodecs.

Sample at channel c, slice z, row y, column x: 1000 c + 100 z + 20 y + x in 16 bits and as float,
that modulo 251 in 8 bits. Images are 27 rows by 33 columns, so that tiles of 16 x 16 and strips of 5 rows
do not fit exactly.
"""

import numpy
import tifffile

HEIGHT, WIDTH = 27, 33


def samples(channels, dtype, slices=1):
    c, z, y, x = numpy.indices((channels, slices, HEIGHT, WIDTH))
    values = 1000 * c + 100 * z + 20 * y + x
    return (values % 251 if dtype == "uint8" else values).astype(dtype)


def write(name, data, **options):
    tifffile.imwrite(name, data, software=False, **options)


def cyx(dtype):
    return samples(3, dtype)[:, 0]


NAMES = {"Channel": {"Name": ["SpectrumGreen", "DAPI", "SpectrumOrange"]}}
MICROMETRES = {"PhysicalSizeX": 0.1, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.1, "PhysicalSizeYUnit": "µm"}

# Pages, compressions, byte orders, sample types.
for dtype in ["uint8", "uint16", "float32"]:
    for compression in ["none", "deflate", "lzw", "packbits"]:
        for order, sign in [("little", "<"), ("big", ">")]:
            write(
                f"pages_{dtype}_{compression}_{order}.tif",
                cyx(dtype),
                compression=None if compression == "none" else {"deflate": "zlib"}.get(compression, compression),
                byteorder=sign,
                photometric="minisblack",
                rowsperstrip=5,
                metadata=None,
            )
# Layouts of samples and chunks.
for dtype in ["uint8", "uint16", "float32"]:
    predictor = 3 if dtype == "float32" else 2
    chunky = numpy.ascontiguousarray(numpy.moveaxis(cyx(dtype), 0, -1))
    common = {"photometric": "minisblack", "metadata": None, "compression": "zlib"}
    write(f"tiled_{dtype}.tif", cyx(dtype), tile=(16, 16), predictor=predictor, **common)
    write(f"interleaved_{dtype}.tif", chunky, planarconfig="contig", rowsperstrip=5, **common)
    write(f"interleaved_tiled_{dtype}.tif", chunky, planarconfig="contig", tile=(16, 16), predictor=predictor, **common)
    write(f"planar_{dtype}.tif", cyx(dtype), planarconfig="separate", rowsperstrip=5, predictor=predictor, **common)
    write(f"planar_tiled_{dtype}.tif", cyx(dtype), planarconfig="separate", tile=(16, 16), **common)
    write(f"rgb_{dtype}.tif", chunky, photometric="rgb", metadata=None)
write("bigtiff.tif", cyx("uint16"), bigtiff=True, byteorder=">", tile=(16, 16), compression="lzw", photometric="minisblack", metadata=None)
rgba = numpy.dstack([numpy.moveaxis(cyx("uint8"), 0, -1), numpy.full((HEIGHT, WIDTH), 255, "uint8")])
write("rgba.tif", rgba, photometric="rgb", extrasamples=["unassalpha"], metadata=None, compression="zlib", predictor=2)

# Further compressions.
for dtype in ["uint8", "uint16"]:
    lossless = {"compression": "jpeg2000", "compressionargs": {"level": 0, "reversible": True}}
    write(f"jpeg2000_{dtype}.tif", cyx(dtype), photometric="minisblack", metadata=None, rowsperstrip=27, **lossless)
write("jpeg_uint8.tif", cyx("uint8"), photometric="minisblack", metadata=None, compression="jpeg", rowsperstrip=8)
for dtype, predictor in [("uint16", 2), ("float32", 3)]:
    write(f"zstd_{dtype}.tif", cyx(dtype), photometric="minisblack", metadata=None, compression="zstd", tile=(16, 16), predictor=predictor)

# OME-TIFF.
write("named.ome.tif", cyx("uint16"), metadata={"axes": "CYX", "SignificantBits": 12, **NAMES, **MICROMETRES}, photometric="minisblack")
stack = numpy.moveaxis(samples(3, "uint16", slices=4), 0, 1)  # ZCYX
write("stack_zcyx.ome.tif", stack, metadata={"axes": "ZCYX", **NAMES, **MICROMETRES}, photometric="minisblack", compression="zlib")
write("stack_czyx.ome.tif", samples(3, "uint16", slices=4), metadata={"axes": "CZYX", **NAMES, **MICROMETRES}, photometric="minisblack", compression="zlib")
nanometres = {"PhysicalSizeX": 100, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 120, "PhysicalSizeYUnit": "nm"}
write("not_square.ome.tif", cyx("uint8"), metadata={"axes": "CYX", **NAMES, **nanometres}, photometric="minisblack", compression="zlib")
write("unnamed.ome.tif", cyx("uint8"), metadata={"axes": "CYX", **MICROMETRES}, photometric="minisblack", compression="zlib")
write("series.ome.tif", samples(3, "uint8", slices=2), metadata={"axes": "CTYX", **NAMES}, photometric="minisblack", compression="zlib")
with tifffile.TiffWriter("pyramid.ome.tif") as file:
    options = {"photometric": "minisblack", "compression": "zlib", "software": False}
    file.write(cyx("uint16"), subifds=1, metadata={"axes": "CYX", **NAMES, **MICROMETRES}, **options)
    file.write(cyx("uint16")[:, ::2, ::2], subfiletype=1, **options)

# ImageJ.
ten_per_um = {"resolution": (10, 10), "imagej": True}
write("imagej_channels.tif", cyx("uint16"), metadata={"axes": "CYX", "unit": "um", "mode": "composite"}, **ten_per_um)
write("imagej_stack.tif", stack[:2], metadata={"axes": "ZCYX", "unit": "um"}, **ten_per_um)
write("imagej_series.tif", samples(1, "uint16", slices=3)[0], metadata={"axes": "TYX"}, imagej=True)

# Plain TIFF with a thumbnail between its pages, and with resolution tags.
with tifffile.TiffWriter("thumbnail.tif") as file:
    for plane in cyx("uint16"):
        file.write(plane, photometric="minisblack", metadata=None, software=False)
        file.write(plane[::4, ::4], photometric="minisblack", metadata=None, software=False, subfiletype=1)
write("centimetres.tif", cyx("uint8")[0], resolution=(100_000, 100_000), resolutionunit="centimeter", metadata=None)
write("dpi.tif", cyx("uint8")[0], resolution=(72, 72), resolutionunit="inch", metadata=None)
write("shaped.tif", stack[:2], photometric="minisblack", compression="zlib")
