package io.paritree.forest;

/** To be written: the specification. */
public final class Forest {
  private Forest() {}
}
