package io.paritree.spark.insight.audit;

import io.paritree.output.DataFile;
import io.paritree.store.Location;

/**
 * A published file.
 *
 * @param location where it is
 * @param written what the run has written
 */
record AuditedFile(Location location, DataFile written) {}
