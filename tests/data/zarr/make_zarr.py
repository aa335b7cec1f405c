"""Makes the OME-Zarr folders beside it. Needs zarr 3 and numcodecs.

Sample at channel c, slice z, row y, column x: 1000 c + 100 z + 20 y + x, as in `make_images.py`; that modulo 251 in
8 bits; less 500 where the samples are signed. Images are 27 rows by 33 columns in chunks of 16 x 20.
"""

import pathlib
import shutil

import numcodecs
import numpy
import zarr

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 27, 33
LABELS = ["SpectrumGreen", "DAPI", "SpectrumOrange"]
UNITS = {"z": "micrometer", "y": "micrometer", "x": "micrometer"}
TYPES = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


def samples(axes, dtype, channels=3, slices=1, frames=1):
    lengths = {"t": frames, "c": channels, "z": slices, "y": HEIGHT, "x": WIDTH}
    at = dict(zip(axes, numpy.indices([lengths[axis] for axis in axes])))
    zero = numpy.zeros_like(at["y"])
    values = 1000 * at.get("c", zero) + 100 * at.get("z", zero) + 20 * at["y"] + at["x"] + 7 * at.get("t", zero)
    if dtype == "u1":
        values = values % 251
    if dtype.startswith("i"):
        values = values - 500
    return values.astype(dtype)


def attributes(axes, version, um=0.1, unit="micrometer", labels=LABELS, colours=None, levels=1):
    """The attributes of an image."""
    described = []
    for axis in axes:
        entry = {"name": axis, "type": TYPES[axis]}
        if TYPES[axis] == "space" and unit:
            entry["unit"] = unit
        described.append(entry)

    def scale(level):
        factors = [um * 2**level if axis in "yx" else 1.0 for axis in axes]
        return [{"type": "scale", "scale": factors}]

    datasets = [{"path": str(level), "coordinateTransformations": scale(level)} for level in range(levels)]
    multiscale = {"axes": described, "datasets": datasets, "name": "image"}
    if version == "0.4":
        multiscale["version"] = version
    image = {"multiscales": [multiscale]}
    channels = [{"label": label} for label in labels or []]
    if colours:
        channels = [{"color": colour} for colour in colours]
    if channels:
        image["omero"] = {"channels": channels}
    return image


def write_array(folder, path, data, chunks, zarr_format, **options):
    array = zarr.create_array(
        store=str(folder), name=path, shape=data.shape, dtype=data.dtype, chunks=chunks, zarr_format=zarr_format, **options
    )
    array[...] = data
    return array


def image(folder, axes="cyx", dtype="u2", zarr_format=3, chunks=None, slices=1, frames=1, levels=1, group=True, **options):
    version = "0.5" if zarr_format == 3 else "0.4"
    described = {key: options.pop(key) for key in ["um", "unit", "labels", "colours"] if key in options}
    data = samples(axes, dtype, slices=slices, frames=frames)
    own = attributes(axes, version, levels=levels, **described)
    if group:
        root = zarr.create_group(store=str(folder), zarr_format=zarr_format)
        root.attrs.update({"ome": {"version": version, **own}} if zarr_format == 3 else own)
    tile = {"t": 1, "c": 3, "z": 2, "y": 16, "x": 20}
    for level in range(levels):
        step = 2**level
        level_data = data[tuple(slice(None, None, step if axis in "yx" else 1) for axis in axes)]
        write_array(folder, str(level), level_data, chunks or tuple(tile[axis] for axis in axes), zarr_format, **options)


def made(name, make):
    make(HERE / f"{name}.ome.zarr")


def main():
    for old in HERE.glob("*.ome.zarr"):
        shutil.rmtree(old)
    blosc = lambda **options: {"compressors": numcodecs.Blosc(**options)}
    # Compressors of Zarr 2.
    for name in ["lz4", "lz4hc", "zlib", "zstd", "blosclz"]:
        made(f"v2_blosc_{name}", lambda folder: image(folder, zarr_format=2, **blosc(cname=name, clevel=9, shuffle=1)))
    made("v2_blosc_bits", lambda folder: image(folder, zarr_format=2, **blosc(cname="lz4", clevel=9, shuffle=2)))
    made("v2_zlib_fortran", lambda folder: image(folder, zarr_format=2, order="F", compressors=numcodecs.Zlib(5)))
    made("v2_gzip_big_endian", lambda folder: image(folder, dtype=">u2", zarr_format=2, compressors=numcodecs.GZip(5)))
    made("v2_zstd", lambda folder: image(folder, zarr_format=2, compressors=numcodecs.Zstd(5)))
    made("v2_none", lambda folder: image(folder, zarr_format=2, compressors=None))
    # Codecs of Zarr 3.
    codecs = zarr.codecs
    made("v3_blosc", lambda folder: image(folder, compressors=codecs.BloscCodec(cname="lz4", shuffle="shuffle")))
    made("v3_zstd", lambda folder: image(folder, compressors=codecs.ZstdCodec()))
    made("v3_gzip", lambda folder: image(folder, compressors=codecs.GzipCodec()))
    made("v3_checked", lambda folder: image(folder, compressors=[codecs.ZstdCodec(), codecs.Crc32cCodec()]))
    made("v3_sharded", lambda folder: image(folder, chunks=(1, 8, 10), shards=(3, 32, 40), compressors=codecs.ZstdCodec()))
    made("v3_transposed", lambda folder: image(folder, filters=[codecs.TransposeCodec(order=(2, 1, 0))]))
    # Axes, stacks, sample types.
    for axes in ["tczyx", "xyc", "yxc", "czyx"]:
        made(f"axes_{axes}", lambda folder: image(folder, axes=axes, slices=3 if "z" in axes else 1))
    made("time_points", lambda folder: image(folder, axes="tcyx", frames=2))
    for dtype in ["u1", "u4", "i1", "i2", "i4", "f4", "f8"]:
        if dtype != "i1":
            made(f"type_{dtype}", lambda folder: image(folder, dtype=dtype))
    made("nanometres", lambda folder: image(folder, um=100.0, unit="nanometer", levels=3))
    made("no_unit", lambda folder: image(folder, unit=None))
    made("colours", lambda folder: image(folder, colours=["00FF00", "0000FF", "FF2000"]))
    made("missing_chunks", missing_chunks)
    made("series", series)
    made("plate", plate)
    made("labelled", labelled)


def missing_chunks(folder):
    """Two of four chunks of a channel have no file: they are of the fill value."""
    root = zarr.create_group(store=str(folder), zarr_format=2)
    root.attrs.update(attributes("cyx", "0.4"))
    array = zarr.create_array(
        store=str(folder), name="0", shape=(3, HEIGHT, WIDTH), dtype="u2", chunks=(1, 16, 20), zarr_format=2, fill_value=9
    )
    array[:, :16, :] = samples("cyx", "u2")[:, :16, :]


def series(folder):
    """The layout of bioformats2raw: two images, and OME-XML with the emission wavelengths."""
    root = zarr.create_group(store=str(folder), zarr_format=2)
    root.attrs.update({"bioformats2raw.layout": 3})
    ome = root.create_group("OME")
    ome.attrs.update({"series": ["0", "1"]})
    image_xml = (
        '<Image ID="Image:{0}"><Pixels ID="Pixels:{0}" DimensionOrder="XYCZT" Type="uint16" SizeX="33" SizeY="27" SizeC="3" '
        'SizeZ="1" SizeT="1"><Channel ID="Channel:{0}:0" EmissionWavelength="520"/>'
        '<Channel ID="Channel:{0}:1" EmissionWavelength="460"/><Channel ID="Channel:{0}:2" EmissionWavelength="590"/>'
        "<MetadataOnly/></Pixels></Image>"
    )
    xml = '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">' + "".join(image_xml.format(i) for i in (0, 1)) + "</OME>"
    (folder / "OME" / "METADATA.ome.xml").write_text(xml)
    for number, um in [("0", 0.1), ("1", 0.2)]:
        inner = root.create_group(number)
        inner.attrs.update(attributes("tczyx", "0.4", um=um, labels=None))
        write_array(folder, f"{number}/0", samples("tczyx", "u2"), (1, 3, 1, 16, 20), 2, chunk_key_encoding={"name": "v2", "separator": "/"})


def plate(folder):
    root = zarr.create_group(store=str(folder), zarr_format=3)
    wells = [{"path": "A/1", "rowIndex": 0, "columnIndex": 0}]
    root.attrs.update({"ome": {"version": "0.5", "plate": {"wells": wells, "rows": [{"name": "A"}], "columns": [{"name": "1"}]}}})
    well = root.create_group("A/1")
    well.attrs.update({"ome": {"version": "0.5", "well": {"images": [{"path": "0"}, {"path": "1"}]}}})
    for number in ["0", "1"]:
        inner = well.create_group(number)
        inner.attrs.update({"ome": {"version": "0.5", **attributes("cyx", "0.5")}})
        write_array(folder, f"A/1/{number}/0", samples("cyx", "u2"), (3, 16, 20), 3)


def labelled(folder):
    """An image with a label image in it."""
    image(folder)
    root = zarr.open_group(str(folder))
    labels = root.create_group("labels")
    labels.attrs.update({"ome": {"version": "0.5", "labels": ["nuclei"]}})
    nuclei = labels.create_group("nuclei")
    nuclei.attrs.update({"ome": {"version": "0.5", "image-label": {}, **attributes("yx", "0.5", labels=None)}})
    write_array(folder, "labels/nuclei/0", numpy.ones((HEIGHT, WIDTH), "u4"), (16, 16), 3)


main()
