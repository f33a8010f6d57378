package io.paritree.spark.publish;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of the directory of a group of a run: {@code <run>-<random>} for the run's first group,
 * {@code <run>-<random>.2} and so on for the others. Group 0, {@code <run>-<random>.0}, is the
 * record of a run that has ended before a group, or had nothing to do.
 *
 * @param run the run's id, {@code [A-Za-z0-9._-]{1,64}}
 * @param random distinguishes the run from others with the same id; 8 hexadecimal digits
 * @param group the group's number, from 1; 0 for the record
 */
public record RunName(String run, String random, int group) {
  private static final Pattern LATER_GROUP = Pattern.compile("(-[0-9a-f]{8})\\.[0-9]+$");
  private static final Pattern RECORD = Pattern.compile("-[0-9a-f]{8}\\.0$");
  private static final Pattern RANDOM = Pattern.compile("-[0-9a-f]{8}$");
  private static final Pattern FENCE = Pattern.compile("~.*");

  /** Returns the name of the first group of a new run. */
  public static RunName first(String run) {
    return new RunName(run, newRandom(), 1);
  }

  /** Returns the name of the record of a run. */
  public static RunName record(String run) {
    return new RunName(run, newRandom(), 0);
  }

  private static String newRandom() {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  public RunName next() {
    return new RunName(run, random, group + 1);
  }

  /** Returns the name that a directory had before it was fenced. */
  static String withoutFence(String directory) {
    return FENCE.matcher(directory).replaceFirst("");
  }

  /** Returns the part of the name that all groups of a run share, and no other run has. */
  static String runOf(String directory) {
    return LATER_GROUP.matcher(withoutFence(directory)).replaceFirst("$1");
  }

  /** Returns the id of the run that has made a directory. */
  public static String idOf(String directory) {
    return RANDOM.matcher(runOf(directory)).replaceFirst("");
  }

  /** Returns whether a directory is the record of a run, not what a group has kept. */
  static boolean isRecord(String directory) {
    return RECORD.matcher(directory).find();
  }

  @Override
  public String toString() {
    return "%s-%s%s".formatted(run, random, group == 1 ? "" : "." + group);
  }
}
