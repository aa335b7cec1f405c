"""The same with big-fish, as its own examples have it. It does not part touching nuclei without a trained network."""

import warnings

import worker

parsed = worker.arguments()
warnings.filterwarnings("ignore")

import numpy as np
from bigfish import detection, segmentation, stack
from skimage.filters import threshold_otsu
from skimage.measure import regionprops_table

SIGNAL_SIGMA_PX = 1.7


def pipeline(field, table):
    counterstain, red, green = stack.read_image(field)
    smooth = stack.gaussian_filter(counterstain, 2)
    mask = segmentation.thresholding(smooth, threshold=float(threshold_otsu(smooth)))
    mask = segmentation.clean_segmentation(mask, small_object_size=600, fill_holes=True)
    labels = segmentation.label_instances(mask)
    nuclei = regionprops_table(labels, properties=("label", "area", "centroid"))
    centroids = np.column_stack([nuclei["centroid-0"], nuclei["centroid-1"]])
    found = [
        detection.detect_spots(channel, log_kernel_size=(SIGNAL_SIGMA_PX,) * 2, minimum_distance=(2, 2))
        for channel in (red, green)
    ]
    owners = [labels[tuple(places.T)] for places in found]
    counts = worker.pair(int(labels.max()), found[0], owners[0], found[1], owners[1])
    worker.write_table(table, np.column_stack([centroids, nuclei["area"]]), counts)
    return centroids, found[0][owners[0] > 0], found[1][owners[1] > 0]


worker.serve(pipeline, parsed)
