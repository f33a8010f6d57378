package io.paritree.serving.runs;

import io.paritree.output.ReportedDrift;

/**
 * A partition of a run whose rows were compared with others.
 *
 * @param rows how many were read
 * @param isPublished whether the run has published it
 */
record Night(String partition, long rows, boolean isPublished, ReportedDrift drift) {}
