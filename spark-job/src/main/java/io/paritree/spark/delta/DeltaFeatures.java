package io.paritree.spark.delta;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The features of a Delta table that files written by others must honour.
 *
 * <p>A feature may be enabled and not used: then it asks for nothing. One that is not known here is
 * refused.
 */
final class DeltaFeatures {
  /** Features that ask nothing of a file, or are looked for where they are used. */
  private static final Set<String> KNOWN =
      Set.of(
          "allowColumnDefaults",
          "appendOnly",
          "changeDataFeed",
          "checkConstraints",
          "checkpointProtection",
          "columnMapping",
          "deletionVectors",
          "domainMetadata",
          "generatedColumns",
          "identityColumns",
          "inCommitTimestamp",
          "invariants",
          "rowTracking",
          "timestampNtz",
          "typeWidening",
          "typeWidening-preview",
          "v2Checkpoint",
          "vacuumProtocolCheck");

  private static final Map<String, String> FIELDS =
      Map.of(
          "delta.generationExpression", "is generated",
          "delta.identity.start", "is an identity column",
          "delta.invariants", "has an invariant",
          "__CHAR_VARCHAR_TYPE_STRING", "is CHAR or VARCHAR");

  private DeltaFeatures() {}

  /** Returns what this job cannot honour, as ends of sentences about the table. */
  static List<String> problems(
      Map<String, String> properties, List<String> features, StructType schema) {
    List<String> problems = new ArrayList<>();
    properties.forEach(
        (name, value) -> {
          if (name.startsWith("delta.constraints.")) {
            problems.add(
                "has the CHECK constraint %s, which the job does not evaluate"
                    .formatted(name.substring("delta.constraints.".length())));
          }
        });
    String mapping = properties.getOrDefault("delta.columnMapping.mode", "none");
    if (!mapping.equals("none")) {
      problems.add("maps its columns (by %s), which the job does not write".formatted(mapping));
    }

    refuse(
        properties, "delta.enableRowTracking", "tracks its rows, which the job does not", problems);
    refuse(
        properties,
        "delta.appendOnly",
        "is append-only, and the job replaces partitions",
        problems);
    for (String feature : features) {
      if (!KNOWN.contains(feature)) {
        problems.add("has the feature %s, which the job does not honour".formatted(feature));
      }
    }

    for (StructField field : schema.fields()) {
      FIELDS.forEach(
          (key, what) -> {
            if (field.metadata().contains(key)) {
              problems.add(
                  "has the column '%s', which %s; the job does not honour that"
                      .formatted(field.name(), what));
            }
          });
      if (!field.nullable()) {
        problems.add(
            "has the column '%s', which is NOT NULL; the job does not check that"
                .formatted(field.name()));
      }
    }

    return problems;
  }

  private static void refuse(
      Map<String, String> properties, String property, String problem, List<String> problems) {
    if (properties.getOrDefault(property, "false").equals("true")) {
      problems.add(problem);
    }
  }
}
