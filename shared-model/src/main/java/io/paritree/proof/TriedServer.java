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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A running server, as a caller of it sees the model that is tried. Thread-safe. */
public final class TriedServer {
  private static final JsonFactory JSON = new JsonFactory();

  /** The status of a request with records that cannot be scored. */
  static final int REFUSED = 400;

  /** The header that says how long the JSON before binary data is. */
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final String url;
  private final String path; // of the model, below a protocol's
  private final String token;
  private final Map<String, String> absent = new LinkedHashMap<>();

  /**
   * An answer with status 200, or {@link #REFUSED}.
   *
   * @param json the length of the JSON at its start; empty if it is all JSON
   */
  record Answer(int status, byte[] body, OptionalInt json) {}

  private TriedServer(String url, String path, String token) {
    this.url = url;
    this.path = path;
    this.token = token;
  }

  /** Returns the names of the ways to ask a server. */
  public static List<String> names() {
    return Stream.of(
            Stream.of(HttpForm.values()).map(HttpForm::word),
            Stream.of(TensorForm.values()).map(TensorForm::word),
            Stream.of(InvocationsWay.NAME))
        .flatMap(some -> some)
        .toList();
  }

  /** Returns the ways to ask it, in the order of their names, each for the same reasons. */
  public List<Way> ways(ScoringModel model, AskedReasons asked) {
    List<Way> ways = new ArrayList<>();
    for (HttpForm form : HttpForm.values()) {
      ways.add(new HttpWay(form, this, model, asked));
    }

    for (TensorForm form : TensorForm.values()) {
      ways.add(new InferenceWay(form, this, model, asked));
    }

    if (absent.isEmpty()) {
      ways.add(new InvocationsWay(this, model, asked));
    }

    return ways;
  }

  /** Returns why other ways cannot be tried with this server, by their names. */
  public Map<String, String> absent() {
    return Collections.unmodifiableMap(absent);
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
    HttpResponse<byte[]> card = server.get(server.model("/v1"));
    Optional<String> digest = card.statusCode() == 200 ? digest(card.body()) : Optional.empty();
    if (!digest.equals(Optional.of(model.digest()))) {
      throw new IOException(
          "Cannot try the server: GET %s answers %s%s, expected the model %s with the digest %s"
              .formatted(
                  server.url + server.model("/v1"),
                  card.statusCode(),
                  digest.map(other -> " with the digest " + other).orElse(""),
                  model.modelVersion(),
                  model.digest()));
    }

    HttpResponse<byte[]> list = server.get("/v1/models");
    boolean isFirst = list.statusCode() == 200 && digest(list.body()).equals(digest);
    Optional.of("the server serves another model first, which MLflow's protocol means")
        .filter(any -> !isFirst)
        .or(() -> InvocationsWay.problem(model))
        .ifPresent(problem -> server.absent.put(InvocationsWay.NAME, problem));
    return server;
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Returns the digest of a card, or of the first one of a list. */
  private static Optional<String> digest(byte[] card) throws IOException {
    try (JsonParser json = JSON.createParser(card)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("digest")) {
          return Optional.of(json.getText());
        } else if (name.equals("models")) {
          json.nextToken(); // the first card
        } else {
          json.skipChildren();
        }
      }
    }

    return Optional.empty();
  }

  /** Returns the path of the model in a protocol. */
  String model(String protocol) {
    return protocol + path;
  }

  private HttpRequest.Builder request(String at) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + at)).timeout(PATIENCE);
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private HttpResponse<byte[]> get(String at) throws IOException, InterruptedException {
    return client.send(request(at).GET().build(), BodyHandlers.ofByteArray());
  }

  /**
   * Sends records in one request, with margins asked for.
   *
   * @return the answer
   * @throws IOException if its status is not 200
   */
  byte[] post(HttpForm form, AskedReasons asked, byte[] records)
      throws IOException, InterruptedException {
    String at = address(form, asked);
    Answer answer = post(at, form.type(), records, OptionalInt.empty());
    if (answer.status == REFUSED) {
      throw unexpected(at, answer.status, answer.body);
    }

    return answer.body;
  }

  /**
   * Sends a request for each record, with margins asked for.
   *
   * @return the answers: of status 200, or 400
   * @throws IOException if one is any other
   */
  List<byte[]> postEach(HttpForm form, AskedReasons asked, List<byte[]> records)
      throws IOException {
    String at = address(form, asked);
    String caller = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
    String headers = caller + "Content-Type: " + form.type() + "\r\n";
    List<byte[]> bodies = new ArrayList<>();
    for (Answer answer : new Pipeline(URI.create(url + at), headers, PATIENCE).post(records)) {
      check(at, answer.status, answer.body);
      bodies.add(answer.body);
    }

    return bodies;
  }

  private String address(HttpForm form, AskedReasons asked) {
    return model("/v1") + "/" + form.endpoint() + "?margin=true" + asked.query();
  }

  /**
   * Sends a request of any protocol.
   *
   * @param at its path
   * @param json the length of the JSON at the body's start; empty if it is all one thing
   * @throws IOException if the answer has another status than 200 and {@link #REFUSED}
   */
  Answer post(String at, String type, byte[] body, OptionalInt json)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(at).header("Content-Type", type);
    json.ifPresent(length -> request.header(JSON_LENGTH, String.valueOf(length)));
    HttpResponse<byte[]> response =
        client.send(
            request.POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray());
    int status = response.statusCode();
    check(at, status, response.body());
    OptionalLong length = response.headers().firstValueAsLong(JSON_LENGTH);
    return new Answer(
        status,
        response.body(),
        length.isPresent() ? OptionalInt.of((int) length.getAsLong()) : OptionalInt.empty());
  }

  private void check(String at, int status, byte[] body) throws IOException {
    if (status != 200 && status != REFUSED) {
      throw unexpected(at, status, body);
    }
  }

  private IOException unexpected(String at, int status, byte[] body) {
    return new IOException(
        "Cannot try the server: POST %s answers %s: %s"
            .formatted(
                url + at, status, Fault.printable(new String(body, StandardCharsets.UTF_8))));
  }
}
