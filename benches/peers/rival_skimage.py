"""Break-apart FISH as one writes it today with scikit-image and SciPy."""

import worker

parsed = worker.arguments()

import numpy as np
import tifffile
from scipy import ndimage
from skimage import feature, filters, measure, morphology, segmentation

SMALLEST_PX = 600
SIGNAL_SIGMA_PX = 1.7
SIGNAL_NOISES = 9.0


def signals(channel):
    response = -ndimage.gaussian_laplace(channel.astype(np.float32), SIGNAL_SIGMA_PX)
    middle = np.median(response)
    noise = 1.4826 * np.median(np.abs(response - middle))
    threshold = middle + SIGNAL_NOISES * noise
    return feature.peak_local_max(response, min_distance=2, threshold_abs=threshold, exclude_border=False)


def pipeline(field, table):
    counterstain, red, green = tifffile.imread(field)
    smooth = ndimage.gaussian_filter(counterstain.astype(np.float32), 2.0)
    mask = ndimage.binary_fill_holes(smooth > filters.threshold_otsu(smooth))
    mask = morphology.remove_small_objects(mask, max_size=SMALLEST_PX)
    depth = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask).astype(np.float32), 2.0)
    peaks = feature.peak_local_max(depth, min_distance=20, labels=measure.label(mask), exclude_border=False)
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    labels = segmentation.watershed(-depth, markers, mask=mask)
    columns = ("label", "area", "centroid", "bbox", "eccentricity", "mean_intensity")
    nuclei = measure.regionprops_table(labels, intensity_image=counterstain, properties=columns)
    centroids = np.column_stack([nuclei["centroid-0"], nuclei["centroid-1"]])

    found = [signals(channel) for channel in (red, green)]
    owners = [labels[tuple(places.T)] for places in found]
    counts = worker.pair(int(labels.max()), found[0], owners[0], found[1], owners[1])
    worker.write_table(table, np.column_stack([centroids, nuclei["area"]]), counts)
    return centroids, found[0][owners[0] > 0], found[1][owners[1] > 0]


worker.serve(pipeline, parsed)
