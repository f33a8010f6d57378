package io.paritree.spark.task;

import io.paritree.output.ScoreHistogram;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.TreeMap;

/**
 * The result that one task attempt returns to the driver. If a task has several attempts, Spark
 * delivers the result of one.
 *
 * @param scored files of scored rows
 * @param quarantined files of quarantined rows
 * @param keys the file of the keys' hashes, if they are hashed
 * @param counts rows by output partition
 * @param missing missing values by slot
 * @param unseen values that are in no vocabulary, by slot
 * @param faults quarantined rows by field and code
 * @param scores the distribution of the first score
 * @param unreadable why files could not be read to their ends
 */
public record TaskResult(
    ArrayList<WrittenFile> scored,
    ArrayList<WrittenFile> quarantined,
    ArrayList<WrittenFile> keys,
    TreeMap<String, PartitionCounts> counts,
    long[] missing,
    long[] unseen,
    FieldFaults faults,
    ScoreHistogram scores,
    ArrayList<String> unreadable)
    implements Serializable {}
