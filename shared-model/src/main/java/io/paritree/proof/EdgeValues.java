package io.paritree.proof;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.VocabularyFeature;
import io.paritree.forest.SplitValues;
import io.paritree.model.ScoringModel;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The values of each field between which a model and its schema distinguish values, or at which
 * formats have different ideas of a value. The same seed gives the same ones. Not thread-safe.
 */
final class EdgeValues {
  private static final int MOST_CATEGORIES = 500;
  private static final int SHORT = 64;
  private static final List<String> WRONG =
      List.of("true", "false", "7", "0", "1", "\"7\"", "\"x\"", "\"true\"", "[]", "[1]", "{}");

  private final ScoringModel model;
  private final int mostThresholds;
  private final SplittableRandom random;

  /**
   * @param mostThresholds how many thresholds of a field are tried at most; they are chosen by
   *     chance
   */
  EdgeValues(ScoringModel model, int mostThresholds, long seed) {
    this.model = model;
    this.mostThresholds = mostThresholds;
    this.random = new SplittableRandom(seed);
  }

  /** Returns the values of a field, each once. */
  List<EdgeValue> of(Field field) {
    Set<EdgeValue> values = new LinkedHashSet<>();
    values.add(new EdgeValue(TriedRecord.ABSENT, Edge.MISSING));
    values.add(new EdgeValue("null", Edge.MISSING));
    WRONG.forEach(json -> values.add(new EdgeValue(json, Edge.WRONG_KIND)));
    for (int length : new int[] {SHORT, SHORT + 1}) {
      values.add(new EdgeValue(TriedRecord.quoted("x".repeat(length)), Edge.LONG_TEXT));
      values.add(new EdgeValue("0." + "1".repeat(length - 2), Edge.LONG_TEXT));
    }

    for (int index = 0; index < field.features().size(); index++) {
      add(field.features().get(index), field.slot(index), values);
    }

    return List.copyOf(values);
  }

  private void add(Feature feature, int slot, Set<EdgeValue> to) {
    NumberEdges numbers = new NumberEdges(to::add);
    numbers.sentinels(feature);
    feature
        .sentinels()
        .texts()
        .forEach(
            text -> {
              to.add(new EdgeValue(TriedRecord.quoted(text), Edge.SENTINEL));
              to.add(new EdgeValue(TriedRecord.quoted(text + " "), Edge.SENTINEL));
            });
    switch (feature.kind()) {
      case NUMBER -> {
        thresholds(slot).forEach(numbers::threshold);
        numbers.ends();
        numbers.bounds((NumberFeature) feature);
      }
      case BOOLEAN -> numbers.ends();
      case CATEGORY_CODE -> {
        numbers.ends();
        codes(slot, to);
      }
      case TEXT_CATEGORY -> categories((VocabularyFeature) feature, to);
      case INTEGER_CATEGORY -> {
        numbers.ends();
        categories((VocabularyFeature) feature, to);
      }
      case TIMESTAMP ->
          new TimeEdges(text -> to.add(new EdgeValue(TriedRecord.quoted(text), Edge.TIME)))
              .add(((TimestampFeature) feature).zone());
    }
  }

  private List<Float> thresholds(int slot) {
    SplitValues splits = model.splits();
    List<Float> all = new ArrayList<>();
    if (splits.isStepwise(slot)) {
      for (float threshold : splits.thresholds(slot)) {
        all.add(threshold);
      }
    }

    while (all.size() > mostThresholds) {
      int last = all.size() - 1;
      all.set(random.nextInt(all.size()), all.get(last));
      all.remove(last);
    }

    return all;
  }

  /** Adds the codes that splits list, those beside them, and what is no code. */
  private void codes(int slot, Set<EdgeValue> to) {
    SplitValues splits = model.splits();
    int[] listed = splits.isStepwise(slot) ? splits.categories(slot) : new int[0];
    for (int code : Arrays.stream(listed).limit(MOST_CATEGORIES).toArray()) {
      for (String text : List.of("" + code, code + ".5", "" + (code + 1), "-" + code)) {
        to.add(new EdgeValue(text, Edge.CATEGORY));
      }
    }

    to.add(new EdgeValue("16777215", Edge.CATEGORY));
    to.add(new EdgeValue("16777216", Edge.CATEGORY));
  }

  private static void categories(VocabularyFeature feature, Set<EdgeValue> to) {
    for (Object category : feature.vocabulary().stream().limit(MOST_CATEGORIES).toList()) {
      String text = category.toString();
      if (!(category instanceof String)) {
        to.add(new EdgeValue(text, Edge.CATEGORY));
        to.add(new EdgeValue(text + ".5", Edge.CATEGORY));
        to.add(new EdgeValue(text + ".0", Edge.CATEGORY));
      }

      for (String spelled :
          List.of(
              text,
              text + " ",
              " " + text,
              text.toUpperCase(Locale.ROOT),
              text.toLowerCase(Locale.ROOT),
              Normalizer.normalize(text, Normalizer.Form.NFC),
              Normalizer.normalize(text, Normalizer.Form.NFD))) {
        to.add(new EdgeValue(TriedRecord.quoted(spelled), Edge.CATEGORY));
      }
    }

    to.add(new EdgeValue(TriedRecord.quoted(""), Edge.CATEGORY));
    to.add(new EdgeValue(TriedRecord.quoted("\u0000"), Edge.CATEGORY));
    to.add(new EdgeValue(TriedRecord.quoted("(unseen)"), Edge.CATEGORY));
  }
}
