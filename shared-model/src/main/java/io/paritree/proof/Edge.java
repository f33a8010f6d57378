package io.paritree.proof;

/** Why a value is one on which two ways to score could part. */
enum Edge {
  /** A threshold of the model, or the float next to it. */
  THRESHOLD,
  /** A double right beside the middle of a threshold and the float next to it. */
  MIDPOINT,
  /** A threshold, spelled otherwise than Java would. */
  SPELLING,
  /** A number at an end of what floats or doubles hold. */
  NUMBER,
  /** A value that means "missing", or one beside it. */
  SENTINEL,
  /** A bound of the schema, or a number beside it. */
  BOUND,
  /** No value: absent, or null. */
  MISSING,
  /** A category, one that is nearly spelled so, or one that nobody has seen. */
  CATEGORY,
  /** A time at which clocks, calendars or roundings do something. */
  TIME,
  /** A value of another kind than the field has. */
  WRONG_KIND,
  /** A long text. */
  LONG_TEXT
}
