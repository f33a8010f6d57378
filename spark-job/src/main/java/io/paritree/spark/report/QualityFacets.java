package io.paritree.spark.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.profile.BinCounts;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict.Finding;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Set;

/**
 * OpenLineage's facets of the rows that a run has read: their missing values and quantiles, and
 * what became of the rules.
 *
 * @param numbers the columns whose values are in the bins as they are
 */
record QualityFacets(Set<String> numbers, RunQuality quality) {
  private static final int DIGITS = 4;

  /** Adds a facet and returns it. */
  @FunctionalInterface
  interface Facets {
    ObjectNode add(String name, String version, String schema);
  }

  /** Adds the facets of the rows that were compared. */
  void addTo(Facets facets) {
    quality
        .rows()
        .ifPresent(
            rows ->
                addMetrics(
                    rows,
                    facets.add(
                        "dataQualityMetrics", "1-0-3", "DataQualityMetricsInputDatasetFacet")));
    if (!quality.totals().isEmpty()) {
      ArrayNode assertions =
          facets
              .add("dataQualityAssertions", "1-1-0", "DataQualityAssertionsDatasetFacet")
              .putArray("assertions");
      quality.totals().forEach(rule -> addRule(rule, assertions));
    }
  }

  private void addMetrics(Profile rows, ObjectNode facet) {
    ObjectNode columns = facet.put("rowCount", rows.rows()).putObject("columnMetrics");
    for (FeatureProfile feature : rows.features()) {
      ObjectNode column = columns.withObjectProperty(feature.field());
      column.put("nullCount", Math.max(feature.missing(), column.path("nullCount").asLong()));
      if (numbers.contains(feature.field())) {
        feature.bins().ifPresent(bins -> addQuantiles(bins, column));
      }
    }
  }

  /** Adds the share of values that are below each edge: so the edge is their quantile. */
  private static void addQuantiles(BinCounts counts, ObjectNode column) {
    long values = counts.total() - counts.counts().get(counts.counts().size() - 1);
    if (values == 0 || !(counts.bins() instanceof NumberBins bins)) {
      return;
    }

    ObjectNode quantiles = column.putObject("quantiles");
    float[] edges = bins.edges();
    long below = 0;
    for (int edge = 0; edge < edges.length; edge++) {
      below += counts.counts().get(edge);
      boolean isInside = below > 0 && below < values && Float.isFinite(edges[edge]);
      if (isInside) {
        BigDecimal share =
            BigDecimal.valueOf((double) below / values).setScale(DIGITS, RoundingMode.HALF_UP);
        quantiles.put(share.stripTrailingZeros().toPlainString(), edges[edge]);
      }
    }
  }

  private static void addRule(RunQuality.RuleTotal total, ArrayNode assertions) {
    if (total.fired().isEmpty()) {
      ObjectNode passed = assertion(total, true, assertions);
      total.field().ifPresent(field -> passed.put("column", field));
    }

    for (Map.Entry<String, Finding> fired : total.fired().entrySet()) {
      ObjectNode failed = assertion(total, false, assertions);
      if (!fired.getKey().isEmpty()) {
        failed.put("column", fired.getKey());
      }

      failed.put("actual", String.valueOf(fired.getValue().value()));
      failed.put("expected", String.valueOf(fired.getValue().limit()));
    }
  }

  private static ObjectNode assertion(
      RunQuality.RuleTotal total, boolean success, ArrayNode assertions) {
    return assertions
        .addObject()
        .put("assertion", total.rule().text())
        .put("success", success)
        .put("severity", total.rule().isWarning() ? "warn" : "error");
  }
}
