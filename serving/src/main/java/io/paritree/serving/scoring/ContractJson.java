package io.paritree.serving.scoring;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.Feature;
import io.paritree.feature.Feature.Kind;
import io.paritree.feature.Field;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.NumberText;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.TableFeature;
import io.paritree.feature.VocabularyFeature;
import io.paritree.json.JsonText;
import io.paritree.model.CardWriter;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.model.manifest.SchemaWriter;
import io.paritree.serving.request.FieldRules;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Writes what the fields of a model's records may be, for a program that shows a form: by fields,
 * where the card has features. Whatever the card has too, has its name and form.
 */
final class ContractJson {
  private static final int MAX_CATEGORIES = 200;

  private final ScoringModel model;
  private final Map<String, ReasonGroup> groups = new HashMap<>();

  private ContractJson(ScoringModel model) {
    this.model = model;
    for (ReasonGroup group : ReasonGroup.of(model.schema(), model.reasonRules())) {
      group.columns().forEach(column -> groups.putIfAbsent(column, group));
    }
  }

  /** Returns the contract of a model. */
  static byte[] of(ScoringModel model) {
    return JsonText.line(JsonText.object(new ContractJson(model)::write));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStringField("name", model.name());
    json.writeStringField("model_version", model.modelVersion());
    json.writeStringField("digest", model.digest());
    json.writeBooleanField("sealed", model.sealed());
    json.writeStringField("objective", model.card().objective());
    CardWriter.outputs(json, model.outputs());
    List<Field> fields = model.schema().fields();
    JsonText.objects(json, "fields", fields, field -> write(new FieldRules(field), json));
    json.writeObjectFieldStart("example");
    for (Field field : fields) {
      json.writeFieldName(field.column());
      writeValue(new FieldRules(field).example(), json);
    }

    json.writeEndObject();
  }

  private void write(FieldRules rules, JsonGenerator json) throws IOException {
    Field field = rules.field();
    Feature typed = rules.typed();
    json.writeStringField("name", field.column());
    json.writeStringField("type", type(typed));
    JsonText.array(
        json, "features", field.features().stream().map(Feature::name).toList(), json::writeString);
    json.writeBooleanField("nullable", rules.nullable());
    json.writeStringField("expected", rules.expected());
    if (typed instanceof NumberFeature) {
      writeNumber(rules, json);
    } else if (typed instanceof TableFeature) {
      writeTable(rules, json);
    } else if (typed instanceof VocabularyFeature category) {
      List<?> vocabulary = category.vocabulary();
      List<?> first = vocabulary.subList(0, Math.min(MAX_CATEGORIES, vocabulary.size()));
      JsonText.array(json, "categories", first, json::writeObject);
      json.writeNumberField("categories_count", vocabulary.size());
      new SchemaWriter(json, false).unseen(category.unseen());
    }

    JsonText.optional(json, "zone", rules.zone().map(ZoneId::getId));
    List<Object> sentinels = rules.sentinels();
    if (!sentinels.isEmpty()) {
      JsonText.array(json, "missing", sentinels, value -> writeValue(value, json));
    }

    writeReason(field, json);
  }

  private static void writeTable(FieldRules rules, JsonGenerator json) throws IOException {
    List<Object> known = rules.known();
    if (!rules.steps().isEmpty()) {
      writeBound("min", rules.min(), json);
      writeBound("max", rules.max(), json);
      int cuts = rules.steps().stream().mapToInt(steps -> steps.steps().size() - 1).max().orElse(0);
      json.writeNumberField("thresholds", cuts);
    } else if (!known.isEmpty()) {
      List<Object> first = known.subList(0, Math.min(MAX_CATEGORIES, known.size()));
      JsonText.array(json, "categories", first, json::writeObject);
      json.writeNumberField("categories_count", known.size());
      json.writeStringField("unseen", rules.refusesUnseen() ? "reject" : "other");
    }
  }

  private static String type(Feature feature) {
    if (feature instanceof TableFeature) {
      return switch (feature.values()) {
        case NUMBER -> "number";
        case WHOLE -> feature.kind() == Kind.STEPS ? "number" : "integer_category";
        case TRUTH -> "boolean";
        case TEXT, ANY -> "category";
        case TIME -> "timestamp";
      };
    }

    return switch (feature.kind()) {
      case NUMBER, BOOLEAN, INTEGER_CATEGORY, CATEGORY_CODE, TIMESTAMP ->
          feature.kind().name().toLowerCase(Locale.ROOT);
      case TEXT_CATEGORY, MAPPED, STEPS -> "category";
    };
  }

  private void writeNumber(FieldRules rules, JsonGenerator json) throws IOException {
    writeBound("min", rules.min(), json);
    writeBound("max", rules.max(), json);
    for (NumberFeature number : rules.numbers()) {
      if (number instanceof OffsetFeature offset) {
        json.writeStringField("role", "offset");
        if (offset.nullable()) {
          json.writeFieldName("default");
          json.writeNumber(NumberText.of(offset.whereMissing()));
        }

        return;
      }
    }

    int[] slots = rules.slots(Kind.NUMBER);
    if (model.splits().isStepwise(slots[0])) {
      float[] thresholds = model.splits().thresholds(slots);
      json.writeNumberField("thresholds", thresholds.length);
      if (thresholds.length > 0) {
        json.writeArrayFieldStart("threshold_range");
        json.writeNumber(NumberText.of(thresholds[0]));
        json.writeNumber(NumberText.of(thresholds[thresholds.length - 1]));
        json.writeEndArray();
      }
    }
  }

  private static void writeBound(String member, float bound, JsonGenerator json)
      throws IOException {
    if (Float.isFinite(bound)) {
      json.writeFieldName(member);
      json.writeNumber(NumberText.of(bound));
    }
  }

  private void writeReason(Field field, JsonGenerator json) throws IOException {
    ReasonGroup group = groups.get(field.column());
    if (group == null) {
      return; // an offset is no reason
    }

    boolean named = !group.name().equals(field.column());
    ReasonRule rule = group.rule();
    Optional<String> name = named ? Optional.of(group.name()) : Optional.empty();
    new SchemaWriter(json, false)
        .reason(new ReasonRule(name, rule.never(), rule.up(), rule.down()));
    Double mean =
        model
            .card()
            .importance()
            .map(FieldImportance::means)
            .map(means -> means.get(group.name()))
            .orElse(null);
    if (mean != null) {
      json.writeNumberField("importance", mean);
    }
  }

  private static void writeValue(Object value, JsonGenerator json) throws IOException {
    if (value instanceof BigDecimal number) {
      json.writeNumber(NumberText.of(number.floatValue()));
    } else if (value instanceof Double number) {
      JsonText.number(json, number);
    } else {
      json.writeObject(value);
    }
  }
}
