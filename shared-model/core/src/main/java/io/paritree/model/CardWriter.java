package io.paritree.model;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.feature.Feature;
import io.paritree.forest.Calibration;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.ManifestParser;
import io.paritree.model.manifest.ManifestWriter;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.model.manifest.SchemaParser;
import io.paritree.model.manifest.SchemaWriter;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes an opened model: as JSON for machines, as lines for people. */
public final class CardWriter {
  private static final String UNKNOWN =
      "%s: category of unknown values, because the model file does not list them, or not whole: it is scored only with a schema that gives them, or says that they are codes";

  private CardWriter() {}

  /**
   * Writes everything about a model, except its golden rows, as members of the open JSON object.
   */
  public static void members(JsonGenerator out, ScoringModel model) throws IOException {
    ModelCard card = model.card();
    out.writeStringField("name", model.name());
    out.writeStringField("model_version", model.modelVersion());
    out.writeStringField("digest", model.digest());
    out.writeBooleanField("sealed", model.sealed());
    out.writeStringField("model", card.modelFile());
    out.writeStringField("objective", card.objective());
    out.writeStringField("booster", card.booster());
    out.writeStringField("xgboost_version", card.xgboostVersion());
    out.writeNumberField("trees", model.engine().trees());
    out.writeObjectFieldStart(ManifestParser.ROUNDS);
    out.writeNumberField(ManifestParser.END, card.rounds());
    out.writeNumberField("of", card.allRounds());
    out.writeStringField(ManifestParser.WHY, card.roundsWhy());
    if (card.earlyStopping().isPresent()) {
      out.writeNumberField("best", card.bestRounds().getAsInt());
      out.writeStringField("early_stopping", card.earlyStopping().get());
    }

    out.writeEndObject();
    if (!card.remarks().isEmpty()) {
      texts(out, "remarks", card.remarks());
    }

    outputs(out, model.outputs());
    if (card.offsets().isPresent()) {
      out.writeObjectFieldStart("offsets");
      texts(out, "fields", model.schema().offsets().stream().map(Feature::column).toList());
      out.writeStringField("meaning", card.offsets().get());
      out.writeEndObject();
    }

    out.writeArrayFieldStart(SchemaParser.FEATURES);
    for (int slot = 0; slot < model.schema().width(); slot++) {
      Feature feature = model.schema().features().get(slot);
      ReasonRule reason = model.reasonRules().get(slot);
      JsonText.inLine(out, line -> new SchemaWriter(line, model.sealed()).feature(feature, reason));
    }

    out.writeEndArray();
    List<String> unknown = unknownCategories(model);
    if (!unknown.isEmpty()) {
      texts(out, "unknown_categories", unknown);
    }

    out.writeBooleanField(ManifestParser.COMPARED, card.comparedWithTrainer());
    if (card.provenance().isPresent()) {
      out.writeFieldName(ManifestParser.PROVENANCE);
      ManifestWriter.write(out, card.provenance().get());
    }

    if (card.importance().isPresent()) {
      ManifestWriter.write(out, card.importance().get());
    }

    if (card.reference().isPresent()) {
      out.writeFieldName("reference");
      Documents.write(card.reference().get(), out);
    }

    out.writeStringField(ManifestParser.NOTES, card.notes());
  }

  /** Returns the features that are codes by the caller's assumption alone. */
  private static List<String> unknownCategories(ScoringModel model) {
    return model.schema().features().stream()
        .filter(feature -> feature.kind() == Feature.Kind.CATEGORY_CODE && !model.sealed())
        .map(Feature::name)
        .toList();
  }

  /** Writes what the scores are called and mean, as a member of the open object. */
  public static void outputs(JsonGenerator out, Outputs outputs) throws IOException {
    out.writeObjectFieldStart(SchemaParser.OUTPUTS);
    out.writeStringField("kind", outputs.kind().name().toLowerCase(Locale.ROOT));
    texts(out, SchemaParser.NAMES, outputs.names());
    if (outputs.kind() == Outputs.Kind.BINARY) {
      out.writeFieldName(SchemaParser.THRESHOLD);
      out.writeNumber(Float.toString(outputs.threshold()));
    }

    texts(out, SchemaParser.CLASSES, outputs.classes());
    new SchemaWriter(out, true).calibration(outputs.calibration());
    out.writeEndObject();
  }

  private static void texts(JsonGenerator out, String key, List<String> texts) throws IOException {
    JsonText.array(out, key, texts, out::writeString);
  }

  /** Returns the card as lines of text, each ended by a line feed. */
  public static String toText(ScoringModel model) {
    ModelCard card = model.card();
    List<String> lines = new ArrayList<>();
    add(lines, "model", model.modelVersion() + (model.sealed() ? "" : " (" + model.name() + ")"));
    add(lines, "digest", model.digest());
    add(
        lines,
        "sealed",
        model.sealed() ? "yes" : "no: nothing vouches for its schema or its bytes");
    add(
        lines,
        "kind",
        "%s, %s%s"
            .formatted(
                card.objective(),
                card.booster(),
                card.xgboostVersion().isEmpty()
                    ? ""
                    : ", written by XGBoost " + card.xgboostVersion()));
    add(
        lines,
        "rounds",
        "%s of %s (%s), %s trees"
            .formatted(card.rounds(), card.allRounds(), card.roundsWhy(), model.engine().trees()));
    card.earlyStopping().ifPresent(text -> add(lines, "stopped early", text));
    card.remarks().forEach(text -> add(lines, "remark", text));
    add(lines, "outputs", outputs(model.outputs()));
    if (!model.outputs().calibration().equals(Calibration.NONE)) {
      add(lines, "calibrated", model.outputs().calibration().toString());
    }

    card.offsets().ifPresent(text -> add(lines, "OFFSET", text));
    card.provenance().ifPresent(provenance -> provenance(lines, provenance));
    add(
        lines,
        "trainer",
        card.provenance()
            .flatMap(Provenance::comparedWithTrainer)
            .map(
                compared ->
                    "compared with its trainer on %s rows, %s"
                        .formatted(compared.rows(), compared.difference()))
            .orElse("not compared with its trainer"));
    card.importance().ifPresent(importance -> importance(lines, importance));
    card.reference().ifPresent(reference -> reference(lines, reference));
    if (!card.notes().isEmpty()) {
      add(lines, "notes", card.notes());
    }

    lines.add("features");
    List<String> unknown = unknownCategories(model);
    for (int slot = 0; slot < model.schema().width(); slot++) {
      Feature feature = model.schema().features().get(slot);
      if (unknown.contains(feature.name())) {
        lines.add("  " + UNKNOWN.formatted(Fault.printableLine(feature.name())));
        continue;
      }

      lines.add("  " + FeatureText.of(feature, model.reasonRules().get(slot)));
    }

    return String.join("\n", lines) + "\n";
  }

  private static void importance(List<String> lines, FieldImportance importance) {
    add(lines, "importance", "mean contributions of %s rows".formatted(importance.rows()));
    importance
        .means()
        .forEach(
            (field, mean) ->
                lines.add(
                    String.format(Locale.ROOT, "  %12.6f %s", mean, Fault.printableLine(field))));
  }

  private static void reference(List<String> lines, Profile reference) {
    add(
        lines,
        "reference",
        "%s rows, %s scored, %s explained"
            .formatted(reference.rows(), reference.scored(), reference.explained()));
    lines.add("       bins  missing   unseen");
    for (FeatureProfile feature : reference.features()) {
      String bins = feature.bins().map(own -> String.valueOf(own.bins().size())).orElse("-");
      lines.add(
          String.format(
              Locale.ROOT,
              "  %9s %7.2f%% %7.2f%% %s",
              bins,
              percent(feature.missing(), reference.rows()),
              percent(feature.unseen(), reference.rows()),
              Fault.printableLine(feature.feature())));
    }
  }

  private static double percent(long count, long rows) {
    return 100.0 * count / rows;
  }

  private static void provenance(List<String> lines, Provenance provenance) {
    add(lines, "sealed at", provenance.sealedAt().toString());
    provenance.trainedOn().ifPresent(text -> add(lines, "trained on", text));
    if (provenance.trainingRows().isPresent()) {
      add(lines, "training rows", String.valueOf(provenance.trainingRows().getAsLong()));
    }

    if (!provenance.metrics().isEmpty()) {
      add(lines, "metrics", provenance.metrics().toString());
    }

    add(lines, "libraries", provenance.libraries().toString());
    add(lines, "golden rows", ManifestParser.key(provenance.golden()));
  }

  private static String outputs(Outputs outputs) {
    String kind = outputs.kind().name().toLowerCase(Locale.ROOT);
    return switch (outputs.kind()) {
      case VALUES -> "%s %s".formatted(kind, NameList.known(outputs.names()));
      case BINARY ->
          "%s %s, '%s' above %s, otherwise '%s'"
              .formatted(
                  kind,
                  NameList.known(outputs.names()),
                  outputs.classes().get(1),
                  outputs.threshold(),
                  outputs.classes().get(0));
      case CLASS_SCORES, CLASS_INDEX ->
          "%s %s, classes %s"
              .formatted(kind, NameList.known(outputs.names()), NameList.known(outputs.classes()));
    };
  }

  private static void add(List<String> lines, String key, String value) {
    lines.add(key + " ".repeat(Math.max(1, 14 - key.length())) + Fault.printableLine(value));
  }
}
