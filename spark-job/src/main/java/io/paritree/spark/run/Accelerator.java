package io.paritree.spark.run;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * A plug-in that replaces Spark's operators by native ones. Its scans need not say from which file
 * rows come, which the job has to know, and the job takes the batches of Spark's own scans.
 */
enum Accelerator {
  COMET("Comet", "spark.comet.enabled", "comet"),
  GLUTEN("Gluten", "spark.gluten.enabled", "gluten"),
  RAPIDS("RAPIDS", "spark.rapids.sql.enabled", "com.nvidia");

  private static final List<String> PLUGINS = List.of("spark.plugins", "spark.sql.extensions");

  private final String text;
  private final String setting;
  private final String inClasses;

  Accelerator(String text, String setting, String inClasses) {
    this.text = text;
    this.setting = setting;
    this.inClasses = inClasses;
  }

  /** Switches all of them off for a session. */
  static void switchOff(SparkSession session) {
    for (Accelerator any : values()) {
      session.conf().set(any.setting, "false");
    }
  }

  /** Returns a remark about the accelerators that the settings of Spark switch on; else empty. */
  static String notice(SparkConf given) {
    List<Accelerator> on = Arrays.stream(values()).filter(any -> any.isOn(given)).toList();
    return on.isEmpty()
        ? ""
        : "%s is switched off for this job, which needs Spark's own scans (%s)"
            .formatted(
                on.stream().map(any -> any.text).collect(Collectors.joining(" and ")),
                on.stream().map(any -> any.setting + " = false").collect(Collectors.joining(", ")));
  }

  private boolean isOn(SparkConf given) {
    boolean isThere =
        PLUGINS.stream()
            .map(plugins -> given.get(plugins, "").toLowerCase(Locale.ROOT))
            .anyMatch(classes -> classes.contains(inClasses));
    return Boolean.parseBoolean(given.get(setting, String.valueOf(isThere)).strip());
  }
}
