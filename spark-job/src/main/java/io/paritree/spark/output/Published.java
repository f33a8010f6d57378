package io.paritree.spark.output;

import java.io.IOException;

/** What is published in an output at some time. */
@FunctionalInterface
public interface Published {
  /** Returns whether a partition is published with this identity. */
  boolean has(String partition, String identity) throws IOException;
}
