package io.paritree.model;

import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.feature.Feature;
import io.paritree.feature.MappedFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.TableFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.Unseen;
import io.paritree.feature.VocabularyFeature;
import io.paritree.json.JsonText;
import io.paritree.model.manifest.ReasonRule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Describes a feature in one line of text. */
final class FeatureText {
  private static final int SHOWN = 5;

  private FeatureText() {}

  /**
   * Returns the line, without a line end.
   *
   * @param reason how it is named as a reason
   */
  static String of(Feature feature, ReasonRule reason) {
    String column =
        feature.column().equals(feature.name()) ? "" : " from column " + feature.column();
    return Fault.printableLine(
        feature.name()
            + ": "
            + kind(feature)
            + column
            + missing(feature.sentinels())
            + (feature.fillsMissing() ? ", %s if missing".formatted(feature.ifMissing()) : "")
            + (feature.nullable() ? "" : ", must not be missing")
            + reason.group().map(", group '%s'"::formatted).orElse("")
            + (reason.never() ? ", never a reason" : "")
            + reason.up().map(code -> code(code, "raises")).orElse("")
            + reason.down().map(code -> code(code, "lowers")).orElse(""));
  }

  private static String missing(Sentinels sentinels) {
    List<Object> all = new ArrayList<>();
    sentinels.numbers().stream().sorted().map(FeatureText::number).forEach(all::add);
    sentinels.texts().stream().sorted().map("'%s'"::formatted).forEach(all::add);
    return all.isEmpty() ? "" : ", missing if " + NameList.known(all);
  }

  private static String number(double value) {
    return new String(JsonText.compact(out -> JsonText.number(out, value)), StandardCharsets.UTF_8);
  }

  private static String code(ReasonRule.Code code, String moves) {
    String text = code.text().map(" (%s)"::formatted).orElse("");
    return ", reason %s%s where it %s the margin".formatted(code.code(), text, moves);
  }

  private static String kind(Feature feature) {
    return switch (feature.kind()) {
      case NUMBER -> number((NumberFeature) feature);
      case BOOLEAN -> "boolean";
      case TEXT_CATEGORY, INTEGER_CATEGORY -> category((VocabularyFeature) feature);
      case CATEGORY_CODE -> "category, given as its code";
      case TIMESTAMP -> {
        TimestampFeature timestamp = (TimestampFeature) feature;
        yield timestamp.part().key()
            + timestamp.zone().map(zone -> " in " + zone.getId()).orElse(" of a local time");
      }
      case MAPPED -> mapped((MappedFeature) feature);
      case STEPS -> steps((StepsFeature) feature);
    };
  }

  private static String mapped(MappedFeature feature) {
    String known =
        feature.entries().stream()
            .limit(SHOWN)
            .map(entry -> entry.value() + " is " + slot(entry.slot()))
            .collect(Collectors.joining(", "));
    int rest = feature.entries().size() - SHOWN;
    return "table%s%s%s%s, any other %s"
        .formatted(
            feature.source().part().map(part -> " of " + part.key()).orElse(""),
            feature.source().zone().map(zone -> " in " + zone.getId()).orElse(""),
            known.isEmpty() ? "" : " [" + known + "]",
            rest > 0 ? " and %s more".formatted(rest) : "",
            slot(feature.other()));
  }

  private static String slot(TableFeature.Slot slot) {
    if (slot.isRejected()) {
      return "refused";
    }

    return slot.isMissing() ? "missing" : String.valueOf(slot.value());
  }

  private static String steps(StepsFeature feature) {
    String kind =
        switch (feature.of()) {
          case DOUBLE -> "a number";
          case FLOAT -> "a number as float";
          case WHOLE -> "a whole number";
          case LOCAL -> "a local time";
          case INSTANT -> "an instant";
        };
    return "%s steps of %s%s%s"
        .formatted(
            feature.steps().size(),
            kind,
            feature.zone().map(zone -> " in " + zone.getId()).orElse(""),
            bounds(feature.min(), feature.max()));
  }

  private static String number(NumberFeature number) {
    if (!(number instanceof OffsetFeature offset)) {
      return "number" + bounds(number);
    }

    String otherwise = offset.nullable() ? ", %s if missing".formatted(offset.whereMissing()) : "";
    return "offset" + bounds(offset) + otherwise;
  }

  private static String bounds(NumberFeature number) {
    String from = Float.isInfinite(number.min()) ? "" : " from " + number.min();
    return Float.isInfinite(number.max()) ? from : from + " to " + number.max();
  }

  private static String bounds(double min, double max) {
    String from = Double.isInfinite(min) ? "" : " from " + min;
    return Double.isInfinite(max) ? from : from + " to " + max;
  }

  private static String category(VocabularyFeature category) {
    List<?> vocabulary = category.vocabulary();
    String shown = vocabulary.stream().limit(SHOWN).toList().toString();
    int rest = vocabulary.size() - SHOWN;
    String more = rest > 0 ? " and %s more".formatted(rest) : "";
    String rule = category.unseen() instanceof Unseen.Missing ? "missing" : "refused";
    if (category.unseen() instanceof Unseen.Category other) {
      rule = "'" + other.category() + "'";
    }

    return "category %s%s, unseen: %s".formatted(shown, more, rule);
  }
}
