package io.paritree.forest.explain;

/** How contributions are computed. */
public enum ContributionMode {
  /**
   * The values of {@link #EXACT} within {@code 1e-5 * max(1, sum of the absolute contributions)},
   * by the sum of the same output; a feature in no split gets exactly 0.
   */
  FAST,
  /** The bits of {@code predictContrib} of XGBoost4J 3.4 on x86-64. */
  EXACT
}
