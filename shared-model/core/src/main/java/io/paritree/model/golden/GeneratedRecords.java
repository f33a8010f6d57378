package io.paritree.model.golden;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.CorruptModelException;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TableFeature;
import io.paritree.feature.Unseen;
import io.paritree.feature.VocabularyFeature;
import io.paritree.forest.SplitValues;
import io.paritree.json.JsonText;
import io.paritree.model.manifest.Provenance;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Records made from a schema and a model: numbers at and next to the model's thresholds and
 * elsewhere within their bounds, categories of the vocabularies and, where the schema allows them,
 * sentinels, unseen categories and missing values.
 *
 * <p>The same schema, model and seed always give the same records; golden ones have a fixed seed.
 */
public final class GeneratedRecords {
  private static final long SEED = 20_260_101L;
  private static final int ONE_IN = 8;
  private static final float[] NO_SPLITS = {};
  private static final int UNKNOWN_CODES = 3;
  private static final long FIRST_SECOND = 946_684_800L; // 2000-01-01
  private static final long SECONDS = 1_000_000_000L; // to 2031

  private final Schema schema;
  private final float[][] thresholds;
  private final IntUnaryOperator largestCode;
  private final SplittableRandom random;

  /**
   * @param thresholds of each slot that splits test
   * @param largestCode of a slot, in any split
   */
  private GeneratedRecords(
      Schema schema, float[][] thresholds, IntUnaryOperator largestCode, long seed) {
    this.schema = schema;
    this.thresholds = thresholds;
    this.largestCode = largestCode;
    this.random = new SplittableRandom(seed);
  }

  /** Returns what makes values for the fields of a schema; the same seed gives the same ones. */
  public static GeneratedRecords of(Schema schema, SplitValues splits, long seed) {
    float[][] thresholds = new float[schema.width()][];
    int[] codes = new int[schema.width()];
    for (int slot = 0; slot < codes.length; slot++) {
      thresholds[slot] = splits.isStepwise(slot) ? splits.thresholds(slot) : NO_SPLITS;
      int[] listed = splits.isStepwise(slot) ? splits.categories(slot) : new int[0];
      codes[slot] = listed.length == 0 ? 0 : listed[listed.length - 1];
    }

    return new GeneratedRecords(schema, thresholds, slot -> codes[slot], seed);
  }

  /** Returns the JSON of a value of a field; sometimes null, if the schema allows that. */
  public String value(int field) {
    byte[] json = JsonText.compact(out -> write(out, schema.fields().get(field), false));
    return new String(json, StandardCharsets.UTF_8);
  }

  /**
   * @param origin names the schema in messages
   * @throws CorruptModelException if the schema accepts none of the records
   */
  public static GoldenRecords of(String origin, Schema schema, XgboostModel model)
      throws CorruptModelException {
    GeneratedRecords generated =
        new GeneratedRecords(schema, model.thresholds(), model::largestCode, SEED);
    List<byte[]> records = new ArrayList<>();
    for (int index = 0; index < GoldenRecords.WANTED; index++) {
      int without = index % (schema.fields().size() + 1);
      byte[] record = JsonText.compact(out -> generated.write(out, without));
      if (GoldenRecords.admits(schema, record)) {
        records.add(record);
      }
    }

    if (records.isEmpty()) {
      throw new CorruptModelException(
          "Cannot make golden rows for %s: the schema accepts none of %s records made from it; give rows to choose from"
              .formatted(origin, GoldenRecords.WANTED));
    }

    return new GoldenRecords(records, Provenance.GoldenSource.GENERATED);
  }

  /** Writes a record in which the field {@code without} is missing, if the schema allows that. */
  private void write(JsonGenerator out, int without) throws IOException {
    out.writeStartObject();
    for (int index = 0; index < schema.fields().size(); index++) {
      Field field = schema.fields().get(index);
      out.writeFieldName(field.column());
      write(out, field, index == without);
    }

    out.writeEndObject();
  }

  private void write(JsonGenerator out, Field field, boolean isMissing) throws IOException {
    boolean nullable = field.features().stream().allMatch(Feature::nullable);
    if (nullable && (isMissing || random.nextInt(ONE_IN) == 0)) {
      out.writeNull();
    } else {
      int index = chosen(field);
      value(out, field.features().get(index), field.slot(index));
    }
  }

  /** Returns the index of a feature whose values are made: of tables, each has its turn. */
  private int chosen(Field field) {
    int[] tables =
        IntStream.range(0, field.features().size())
            .filter(index -> field.features().get(index) instanceof TableFeature)
            .filter(index -> field.features().get(index).values() != Feature.Values.ANY)
            .toArray();
    return tables.length == 0 ? 0 : tables[random.nextInt(tables.length)];
  }

  private void value(JsonGenerator out, Feature feature, int slot) throws IOException {
    switch (feature.kind()) {
      case NUMBER ->
          number(
              out,
              (NumberFeature) feature,
              slot < thresholds.length ? thresholds[slot] : NO_SPLITS);
      case BOOLEAN -> out.writeBoolean(random.nextBoolean());
      case TEXT_CATEGORY, INTEGER_CATEGORY -> category(out, (VocabularyFeature) feature);
      case CATEGORY_CODE ->
          out.writeNumber(random.nextInt(largestCode.applyAsInt(slot) + UNKNOWN_CODES));
      case MAPPED, STEPS -> TableValues.of((TableFeature) feature, random).write(out);
      case TIMESTAMP -> {
        long second = FIRST_SECOND + random.nextLong(SECONDS);
        out.writeString(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC).toString());
      }
    }
  }

  private void number(JsonGenerator out, NumberFeature number, float[] splits) throws IOException {
    Sentinels sentinels = number.sentinels();
    if (number.nullable() && !sentinels.numbers().isEmpty() && random.nextInt(ONE_IN) == 0) {
      JsonText.number(out, sentinels.numbers().stream().sorted().findFirst().orElseThrow());
      return;
    }

    if (splits.length > 0 && random.nextInt(4) > 0) {
      float near = near(splits[random.nextInt(splits.length)]);
      if (near >= number.min() && near <= number.max() && Float.isFinite(near)) {
        out.writeNumber(near);
        return;
      }
    }

    double magnitude = Math.pow(10, random.nextDouble(-2, 4));
    double value = random.nextBoolean() ? magnitude : -magnitude;
    if (!Float.isInfinite(number.min()) && !Float.isInfinite(number.max())) {
      value = number.min() + random.nextDouble() * ((double) number.max() - number.min());
    } else if (!Float.isInfinite(number.min())) {
      value = number.min() + magnitude;
    } else if (!Float.isInfinite(number.max())) {
      value = number.max() - magnitude;
    }

    JsonText.number(out, random.nextBoolean() ? value : Math.rint(value));
  }

  /** Returns the threshold, or the float just above or below it: these values reveal a mistake. */
  private float near(float threshold) {
    return switch (random.nextInt(3)) {
      case 0 -> threshold;
      case 1 -> Math.nextUp(threshold);
      default -> Math.nextDown(threshold);
    };
  }

  private void category(JsonGenerator out, VocabularyFeature category) throws IOException {
    boolean unseen = !(category.unseen() instanceof Unseen.Reject) && random.nextInt(ONE_IN) == 0;
    List<?> vocabulary = category.vocabulary();
    out.writeObject(unseen ? unseen(category) : vocabulary.get(random.nextInt(vocabulary.size())));
  }

  private static Object unseen(VocabularyFeature category) {
    return category instanceof IntegerCategoryFeature integers
        ? (Object) (Collections.max(integers.vocabulary()) + 1)
        : "(unseen)";
  }
}
