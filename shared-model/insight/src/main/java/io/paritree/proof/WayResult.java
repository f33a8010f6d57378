package io.paritree.proof;

import io.paritree.proof.WayAnswers.Parting;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a way compares with the reference.
 *
 * @param name of the way
 * @param compared how many records it has answered as the reference has, or otherwise
 * @param different how many otherwise
 * @param inexpressible how many records it cannot take, by the reason
 * @param untriedRows how many of these are rows of an input
 * @param millis that all its threads have taken
 * @param first the first record that differs; empty if nothing does
 * @param failure why the way has not answered for all records; empty if it has
 */
public record WayResult(
    String name,
    long compared,
    long different,
    Map<String, Long> inexpressible,
    long untriedRows,
    long millis,
    Optional<First> first,
    Optional<String> failure) {

  public WayResult {
    inexpressible = Collections.unmodifiableMap(new TreeMap<>(inexpressible));
  }

  /**
   * The first record that differs.
   *
   * @param number of the record, from 0
   * @param parting how the answers for it differ
   */
  public record First(long number, String json, Parting parting) {}
}
