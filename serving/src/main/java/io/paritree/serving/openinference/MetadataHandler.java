package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import io.javalin.http.Context;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.json.JsonText;
import io.paritree.model.ScoringModel;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.answer.ServerVersion;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.ModelAddress;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * What the Open Inference Protocol says about the server and its models: {@code /v2}, health and
 * metadata. Thread-safe.
 */
public final class MetadataHandler {
  private final Models models;
  private final Readiness readiness;

  public MetadataHandler(Models models, Readiness readiness) {
    this.models = models;
    this.readiness = readiness;
  }

  /** {@code GET /v2}. */
  public static void server(Context ctx) {
    ctx.result(
        JsonText.line(
            JsonText.object(
                json -> {
                  json.writeStringField("name", "paritree");
                  json.writeStringField("version", ServerVersion.TEXT);
                  texts("extensions", List.of("binary_tensor_data", "statistics"), json);
                })));
  }

  /** {@code GET /v2/health/ready}. */
  public void ready(Context ctx) {
    if (!readiness.isReady()) {
      throw new ProblemException(Problems.ofStatus(503));
    }

    ctx.result("{\"ready\":true,\"live\":true}\n");
  }

  /** {@code GET /v2/models}. */
  public void list(Context ctx) {
    ctx.result(JsonText.line(JsonText.object(json -> texts("models", models.names(), json))));
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]/ready}. */
  public void modelReady(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    ctx.result(
        JsonText.line(
            JsonText.object(
                json -> {
                  json.writeStringField("name", served.name());
                  json.writeBooleanField("ready", true);
                })));
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]}. */
  public void metadata(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    ctx.result(JsonText.line(JsonText.object(json -> write(served, json))));
  }

  private void write(ServedModel served, JsonGenerator json) throws IOException {
    ScoringModel model = served.model();
    json.writeStringField("name", served.name());
    if (model.sealed()) {
      List<String> versions =
          models.of(served.name()).stream()
              .map(slot -> InferAnswer.version(slot.current()))
              .distinct()
              .toList();
      texts("versions", versions, json);
    }

    json.writeStringField("platform", "xgboost_paritree");
    json.writeArrayFieldStart("inputs");
    for (Field field : model.schema().fields()) {
      tensor(field.column(), datatype(field.features().get(0)), 1, json);
    }

    json.writeEndArray();
    json.writeArrayFieldStart("outputs");
    for (String name : InferAnswer.names(served)) {
      switch (name) {
        case InferAnswer.SCORE -> tensor(name, "FP32", model.engine().scores(), json);
        case InferAnswer.MARGIN -> tensor(name, "FP32", model.engine().outputs(), json);
        default -> tensor(name, "BYTES", 1, json);
      }
    }

    json.writeEndArray();
  }

  private static void tensor(String name, String datatype, int perRow, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("datatype", datatype);
    json.writeFieldName("shape");
    json.writeArray(new int[] {-1, perRow}, 0, perRow > 1 ? 2 : 1);
    json.writeEndObject();
  }

  private static String datatype(Feature feature) {
    return switch (feature.kind()) {
      case NUMBER, CATEGORY_CODE -> "FP64";
      case BOOLEAN -> "BOOL";
      case INTEGER_CATEGORY -> "INT64";
      case TEXT_CATEGORY, TIMESTAMP -> "BYTES";
    };
  }

  private static void texts(String member, Collection<String> texts, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(member);
    for (String text : texts) {
      json.writeString(text);
    }

    json.writeEndArray();
  }
}
