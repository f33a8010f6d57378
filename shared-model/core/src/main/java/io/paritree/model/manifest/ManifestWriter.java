package io.paritree.model.manifest;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.Map;

/** Writes {@code paritree.json}: the same manifest always gives the same bytes. */
public final class ManifestWriter {
  private ManifestWriter() {}

  public static byte[] toJson(Manifest manifest) {
    return JsonText.of(out -> write(out, manifest));
  }

  private static void write(JsonGenerator out, Manifest manifest) throws IOException {
    out.writeStartObject();
    out.writeNumberField(ManifestParser.FORMAT, manifest.format());
    out.writeStringField(ManifestParser.NAME, manifest.name());
    out.writeNumberField(ManifestParser.VERSION, manifest.version());
    out.writeStringField(ManifestParser.MODEL, manifest.modelFile());
    out.writeObjectFieldStart(ManifestParser.ROUNDS);
    out.writeNumberField(ManifestParser.END, manifest.rounds());
    out.writeStringField(ManifestParser.WHY, manifest.roundsWhy());
    out.writeEndObject();
    new SchemaWriter(out, false).members(manifest.schema());
    out.writeFieldName(ManifestParser.PROVENANCE);
    write(out, manifest.provenance());
    if (manifest.importance().isPresent()) {
      write(out, manifest.importance().get());
    }

    if (manifest.sealedValues().isPresent()) {
      write(out, manifest.sealedValues().get());
    }

    if (manifest.hasReference() && manifest.format() > Manifest.THIRD_FORMAT) {
      out.writeBooleanField(ManifestParser.REFERENCE, true);
    }

    if (!manifest.notes().isEmpty()) {
      out.writeStringField(ManifestParser.NOTES, manifest.notes());
    }

    out.writeEndObject();
  }

  /** Writes importance as a member of the open object. */
  public static void write(JsonGenerator out, FieldImportance importance) throws IOException {
    out.writeObjectFieldStart(ManifestParser.IMPORTANCE);
    out.writeNumberField(ManifestParser.ROWS, importance.rows());
    JsonText.objects(
        out,
        ManifestParser.FIELDS,
        importance.means().entrySet(),
        field -> {
          out.writeStringField(ManifestParser.FIELD, field.getKey());
          out.writeNumberField(ManifestParser.MEAN, field.getValue());
        });
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, SealedValues sealed) throws IOException {
    out.writeObjectFieldStart(ManifestParser.SEALED_ROWS);
    out.writeNumberField(ManifestParser.ROWS, sealed.rows());
    out.writeArrayFieldStart(ManifestParser.FEATURES);
    for (Map.Entry<String, Long> feature : sealed.missing().entrySet()) {
      JsonText.inLine(
          out,
          line -> {
            line.writeStartObject();
            line.writeStringField(ManifestParser.FEATURE, feature.getKey());
            line.writeNumberField(ManifestParser.MISSING, feature.getValue());
            line.writeNumberField(ManifestParser.UNSEEN, sealed.unseen().get(feature.getKey()));
            line.writeEndObject();
          });
    }

    out.writeEndArray();
    out.writeEndObject();
  }

  /** Writes provenance as an object. */
  public static void write(JsonGenerator out, Provenance provenance) throws IOException {
    out.writeStartObject();
    out.writeStringField(ManifestParser.SEALED_AT, provenance.sealedAt().toString());
    JsonText.optional(out, ManifestParser.TRAINED_ON, provenance.trainedOn());
    if (provenance.trainingRows().isPresent()) {
      out.writeNumberField(ManifestParser.TRAINING_ROWS, provenance.trainingRows().getAsLong());
    }

    if (!provenance.metrics().isEmpty()) {
      out.writeObjectFieldStart(ManifestParser.METRICS);
      for (Map.Entry<String, Double> metric : provenance.metrics().entrySet()) {
        out.writeFieldName(metric.getKey());
        JsonText.number(out, metric.getValue());
      }

      out.writeEndObject();
    }

    out.writeObjectFieldStart(ManifestParser.LIBRARIES);
    for (Map.Entry<String, String> library : provenance.libraries().entrySet()) {
      out.writeStringField(library.getKey(), library.getValue());
    }

    out.writeEndObject();
    out.writeStringField(ManifestParser.GOLDEN_ROWS, ManifestParser.key(provenance.golden()));
    if (provenance.comparedWithTrainer().isPresent()) {
      Provenance.TrainerComparison compared = provenance.comparedWithTrainer().get();
      out.writeObjectFieldStart(ManifestParser.COMPARED);
      out.writeNumberField(ManifestParser.ROWS, compared.rows());
      out.writeNumberField(ManifestParser.MAX_ULPS, compared.maxUlps());
      out.writeEndObject();
    }

    out.writeEndObject();
  }
}
