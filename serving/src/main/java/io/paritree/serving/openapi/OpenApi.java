package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.javalin.http.Context;
import io.paritree.record.UnknownFields;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ServerVersion;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.models.Models;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /openapi.json}: the contract of the models in service, as OpenAPI 3.0.
 *
 * <p>The part that is the same on every server comes from the resource {@code openapi.json}. Each
 * model adds its own paths and schemas, see {@link ModelContract}, and stored scores their own
 * paths, see {@link ScoresContract}. Golden rows never appear. Thread-safe.
 */
public final class OpenApi {
  private static final DocumentTemplate DOCUMENT = new DocumentTemplate("openapi.json");

  private final Models models;
  private final StoredScores scores;
  private final UnknownFields unknown;
  private final boolean tokens;

  public OpenApi(Models models, StoredScores scores, ServingConfig config) {
    this.models = models;
    this.scores = scores;
    this.unknown = config.records().unknownFields();
    this.tokens = !config.security().scoreTokens().isEmpty();
  }

  public void handle(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    List<ModelContract> contracts = ModelContract.all(models, unknown);
    List<ScoresContract> stored = ScoresContract.all(scores);
    Map<String, String> texts = Map.of("<version>", ServerVersion.TEXT, "<server>", server(ctx));
    Map<String, DocumentTemplate.Insert> inserts =
        Map.of(
            "<security>",
            (given, json) -> writeSecurity(json),
            "<paths of the models>",
            each(contracts, ModelContract::writePaths),
            "<paths of the stored scores>",
            each(stored, ScoresContract::writePaths),
            "<stored rows>",
            (given, json) -> copy(given, !stored.isEmpty(), json),
            "<schemas of the models>",
            each(contracts, ModelContract::writeSchemas),
            "<errors>",
            ErrorResponses::refer,
            "<responses of errors>",
            ErrorResponses::define);
    Answers.object(ctx, json -> DOCUMENT.writeMembers(texts, inserts, json));
  }

  /**
   * Returns the URL by which the caller reached the server; relative where a proxy was between
   * them, since only the caller knows the proxy's.
   */
  private static String server(Context ctx) {
    boolean proxy = ctx.header("Forwarded") != null || ctx.header("X-Forwarded-For") != null;
    return proxy || ctx.host() == null ? "/" : ctx.scheme() + "://" + ctx.host();
  }

  /**
   * Without configured tokens they are optional, so that the same client suits a server with them.
   */
  private void writeSecurity(JsonGenerator json) throws IOException {
    json.writeFieldName("security");
    json.writeRawValue(tokens ? "[{\"token\":[]}]" : "[{},{\"token\":[]}]");
  }

  /** Writes what a contract adds to the document. */
  private interface Part<C> {
    void write(C contract, JsonGenerator json) throws IOException;
  }

  private static <C> DocumentTemplate.Insert each(List<C> contracts, Part<C> part) {
    return (given, json) -> {
      for (C contract : contracts) {
        part.write(contract, json);
      }
    };
  }

  /** Copies the members of an object, or leaves them out, since nothing would refer to them. */
  private static void copy(JsonParser given, boolean isUsed, JsonGenerator json)
      throws IOException {
    if (!isUsed) {
      given.skipChildren();
      return;
    }

    while (given.nextToken() != JsonToken.END_OBJECT) {
      json.copyCurrentStructure(given);
    }
  }
}
