package io.paritree.spark.outcomes;

import io.paritree.spark.files.Encryption;
import io.paritree.spark.input.HadoopPaths;
import org.apache.spark.sql.SparkSession;

/**
 * What must not be readable in reports and messages: values of rows, and how scores are
 * distributed, where Hadoop's settings name a crypto factory. Files may be encrypted then, and what
 * is said of them is not.
 */
final class SecretValues {
  static final String HIDDEN = "not shown, as files may be encrypted";

  private SecretValues() {}

  static boolean areHidden(SparkSession session) {
    return Encryption.isConfigured(HadoopPaths.settings(session));
  }

  /** Returns values for a message, or that they are not shown. */
  static String shown(SparkSession session, String values) {
    return areHidden(session) ? "(" + HIDDEN + ")" : values;
  }
}
