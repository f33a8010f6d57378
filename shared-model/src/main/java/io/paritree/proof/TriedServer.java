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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A running server, as a caller of it sees the model that is tried. Thread-safe. */
public final class TriedServer {
  private static final JsonFactory JSON = new JsonFactory();

  /** The status of a request with records that cannot be scored. */
  static final int REFUSED = 400;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final String url;
  private final String path; // of the model, below a protocol's
  private final String token;

  /** An answer with status 200, or {@link #REFUSED}. */
  record Answer(int status, byte[] body) {}

  private TriedServer(String url, String path, String token) {
    this.url = url;
    this.path = path;
    this.token = token;
  }

  /** Returns the names of the ways to ask a server. */
  public static List<String> names() {
    return Stream.concat(
            Stream.of(HttpForm.values()).map(HttpForm::word), Stream.of(InferenceWay.NAME))
        .toList();
  }

  /** Returns the ways to ask it, in the order of their names. */
  public List<Way> ways(ScoringModel model) {
    List<Way> ways = new ArrayList<>();
    for (HttpForm form : HttpForm.values()) {
      ways.add(new HttpWay(form, this, model));
    }

    ways.add(new InferenceWay(this, model));
    return ways;
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
    String base = "/models/" + encoded(model.name());
    int version = model.modelVersion().lastIndexOf('/');
    TriedServer server =
        new TriedServer(
            url.replaceFirst("/+$", ""),
            model.sealed()
                ? base + "/versions/" + encoded(model.modelVersion().substring(version + 1))
                : base,
            token);
    HttpResponse<byte[]> card = server.send(server.request("/v1", "").GET().build());
    Optional<String> digest = card.statusCode() == 200 ? digest(card.body()) : Optional.empty();
    if (!digest.equals(Optional.of(model.digest()))) {
      throw new IOException(
          "Cannot try the server: GET %s answers %s%s, expected the model %s with the digest %s"
              .formatted(
                  server.url + "/v1" + server.path,
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

  private HttpRequest.Builder request(String protocol, String more) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + protocol + path + more)).timeout(PATIENCE);
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
    String endpoint = "/" + form.endpoint() + "?margin=true";
    Answer answer = post("/v1", endpoint, form.type(), records);
    if (answer.status == REFUSED && form != HttpForm.HTTP) {
      throw unexpected("/v1", endpoint, answer);
    }

    return answer.body;
  }

  /**
   * Sends a request of any protocol.
   *
   * @param protocol the first part of its path
   * @param endpoint the last part
   * @throws IOException if the answer has another status than 200 and {@link #REFUSED}
   */
  Answer post(String protocol, String endpoint, String type, byte[] body)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        send(
            request(protocol, endpoint)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    Answer answer = new Answer(response.statusCode(), response.body());
    if (answer.status != 200 && answer.status != REFUSED) {
      throw unexpected(protocol, endpoint, answer);
    }

    return answer;
  }

  private IOException unexpected(String protocol, String endpoint, Answer answer) {
    return new IOException(
        "Cannot try the server: POST %s answers %s: %s"
            .formatted(
                url + protocol + path + endpoint,
                answer.status,
                Fault.printable(new String(answer.body, StandardCharsets.UTF_8))));
  }
}
