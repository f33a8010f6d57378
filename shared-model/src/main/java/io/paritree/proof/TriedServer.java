package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.model.ScoringModel;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** A running server, as a caller of it sees the model that is tried. Thread-safe. */
public final class TriedServer {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final String path; // of the model
  private final String token;

  private TriedServer(String path, String token) {
    this.path = path;
    this.token = token;
  }

  /**
   * Finds a model at a server.
   *
   * @param url of the server, such as {@code http://127.0.0.1:8080}
   * @param token that callers need; empty for none
   * @throws IOException if the server does not answer, or does not serve this model
   */
  public static TriedServer of(String url, String token, ScoringModel model)
      throws IOException, InterruptedException {
    String base = url.replaceFirst("/+$", "") + "/v1/models/" + encoded(model.name());
    int version = model.modelVersion().lastIndexOf('/');
    TriedServer server =
        new TriedServer(
            model.sealed()
                ? base + "/versions/" + encoded(model.modelVersion().substring(version + 1))
                : base,
            token);
    HttpResponse<byte[]> card = server.send(server.request("").GET().build());
    Optional<String> digest = card.statusCode() == 200 ? digest(card.body()) : Optional.empty();
    if (!digest.equals(Optional.of(model.digest()))) {
      throw new IOException(
          "Cannot try the server: GET %s answers %s%s, expected the model %s with the digest %s"
              .formatted(
                  server.path,
                  card.statusCode(),
                  digest.map(other -> " with the digest " + other).orElse(""),
                  model.modelVersion(),
                  model.digest()));
    }

    return server;
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Optional<String> digest(byte[] card) throws IOException {
    try (JsonParser json = JSON.createParser(card)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("digest")) {
          return Optional.of(json.getText());
        }

        json.skipChildren();
      }
    }

    return Optional.empty();
  }

  private HttpRequest.Builder request(String more) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path + more)).timeout(PATIENCE);
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofByteArray());
  }

  /**
   * Sends records, with margins asked for.
   *
   * @return the answer: of status 200, or 400 if that says what is wrong with one record
   * @throws IOException if it is any other
   */
  byte[] post(HttpForm form, byte[] records) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        send(
            request("/" + form.endpoint() + "?margin=true")
                .header("Content-Type", form.type())
                .POST(BodyPublishers.ofByteArray(records))
                .build());
    boolean isOfRecord = form == HttpForm.HTTP && answer.statusCode() == 400;
    if (answer.statusCode() != 200 && !isOfRecord) {
      throw new IOException(
          "Cannot try %s: POST %s/%s answers %s: %s"
              .formatted(
                  form.word(),
                  path,
                  form.endpoint(),
                  answer.statusCode(),
                  Fault.printable(new String(answer.body(), StandardCharsets.UTF_8))));
    }

    return answer.body();
  }
}
