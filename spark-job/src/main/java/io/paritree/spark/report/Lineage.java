package io.paritree.spark.report;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run reads and writes, as far as it was found out before the run ended.
 *
 * @param input the dataset that is read
 * @param version the version of the table that is read; empty if it has none
 * @param part which part of the input is read
 * @param read the columns that are read; empty if they were not checked
 * @param numbers the columns that one feature reads as numbers
 * @param output the dataset that is written
 * @param written the columns that are written; empty if the columns of the input were not checked
 * @param kept the written columns that are columns of the input, under the same names
 * @param computed the columns of the input from which each computed column is made
 * @param filtering the columns of the input that decide whether a row is scored
 */
public record Lineage(
    DatasetName input,
    String version,
    Part part,
    List<Column> read,
    Set<String> numbers,
    DatasetName output,
    List<Column> written,
    List<String> kept,
    Map<String, List<String>> computed,
    List<String> filtering) {

  /** A column with the name of its type in Spark's SQL. */
  public record Column(String name, String type) {}

  /**
   * A part of an input.
   *
   * @param files where its files are; empty if only partitions are given, or if it has no files
   * @param partitions its partitions, each as values by column; empty if it has none
   * @param fileCount how many files it has
   * @param bytes their length
   */
  public record Part(
      List<String> files, List<Map<String, String>> partitions, long fileCount, long bytes) {}
}
