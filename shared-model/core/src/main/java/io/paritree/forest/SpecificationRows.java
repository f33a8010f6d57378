package io.paritree.forest;

/** Scores a row as the specification does it, without another layout of the trees. */
record SpecificationRows(Forest forest) implements Rows {

  @Override
  public void add(float[] slots, int from, int stride, Scratch scratch, float[] margins, int to) {
    forest.addTrees(slots, from, stride, margins, to);
  }
}
