package io.paritree.proof;

import io.paritree.Fault;
import io.paritree.model.ScoringModel;
import io.paritree.proof.ServerRequests.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A running server, as a caller of it sees the model that is tried. Thread-safe. */
public final class TriedServer {
  private static final String HTTP = "http";
  private static final String HTTP_BATCH = "http-batch";

  /** The status of a request with records that cannot be scored. */
  static final int REFUSED = 400;

  private final ServerRequests requests;
  private final String path; // of the model, below a protocol's
  private final Map<String, String> absent = new LinkedHashMap<>();

  private TriedServer(ServerRequests requests, String path) {
    this.requests = requests;
    this.path = path;
  }

  /** Returns the names of the ways to ask a server. */
  public static List<String> names() {
    return List.of(
        HTTP, HTTP_BATCH, TensorForm.V2.word(), TensorForm.V2_BINARY.word(), InvocationsWay.NAME);
  }

  /** Returns the ways to ask it, in the order of their names. */
  public List<Way> ways(ScoringModel model) {
    List<Way> ways = new ArrayList<>();
    ways.add(new HttpWay(HTTP, 1, this, model));
    int most = RefusingWay.batch(model.schema().fields().size());
    ways.add(new HttpWay(HTTP_BATCH, Math.max(2, most), this, model));
    for (TensorForm form : TensorForm.values()) {
      ways.add(new InferenceWay(form, this, model));
    }

    if (absent.isEmpty()) {
      ways.add(new InvocationsWay(this, model));
    }

    return ways;
  }

  /**
   * Returns the scores that it has stored under a name, which need not be served yet.
   *
   * @param margins the columns of their margins
   */
  public TriedLookup stored(String name, ScoringModel model, List<String> margins) {
    int scores = model.engine().scores();
    ResultReader results = new ResultReader(margins.size(), scores, margins);
    return new TriedLookup("/v1/scores/" + encoded(name), this, results);
  }

  /** Returns the body of an answer to a request without one, of any status. */
  byte[] described(String at) throws IOException {
    return requests.get(at).body();
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
  public static TriedServer of(String url, String token, ScoringModel model) throws IOException {
    String base = "/models/" + encoded(model.name());
    int version = model.modelVersion().lastIndexOf('/');
    TriedServer server =
        new TriedServer(
            new ServerRequests(url.replaceFirst("/+$", ""), token),
            model.sealed()
                ? base + "/versions/" + encoded(model.modelVersion().substring(version + 1))
                : base);
    Answer card = server.requests.get(server.model("/v1"));
    Optional<String> digest = card.status() == 200 ? digest(card.body()) : Optional.empty();
    if (!digest.equals(Optional.of(model.digest()))) {
      throw new IOException(
          "Cannot try the server: GET %s answers %s%s, expected the model %s with the digest %s"
              .formatted(
                  server.requests.url() + server.model("/v1"),
                  card.status(),
                  digest.map(other -> " with the digest " + other).orElse(""),
                  model.modelVersion(),
                  model.digest()));
    }

    Answer list = server.requests.get("/v1/models");
    boolean isFirst = list.status() == 200 && digest(list.body()).equals(digest);
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
    Map<?, ?> answer = AnswerTree.of(card);
    List<?> models = AnswerTree.list(answer, "models");
    Map<?, ?> first = models.isEmpty() ? answer : AnswerTree.object(models.get(0));
    return Optional.of(AnswerTree.text(first, "digest")).filter(digest -> !digest.isEmpty());
  }

  /** Returns some records in parts of so many at most. */
  static List<List<Integer>> parts(List<Integer> records, int most) {
    List<List<Integer>> parts = new ArrayList<>();
    for (int from = 0; from < records.size(); from += most) {
      parts.add(records.subList(from, Math.min(records.size(), from + most)));
    }

    return parts;
  }

  /** Sends some records of a block. */
  @FunctionalInterface
  interface Sending {
    void of(List<Integer> records) throws IOException;
  }

  /** Sends parts of a block at the same time: their answers have different places. */
  static void each(List<List<Integer>> parts, Sending sending) throws IOException {
    try {
      parts.parallelStream()
          .forEach(
              part -> {
                try {
                  sending.of(part);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Returns the path of the model in a protocol. */
  String model(String protocol) {
    return protocol + path;
  }

  /**
   * Sends a request whose answer has a result for each record.
   *
   * @param at its path
   * @return the answer
   * @throws IOException if its status is not 200
   */
  byte[] results(String at, String type, byte[] body) throws IOException {
    Answer answer = post(at, type, body, OptionalInt.empty());
    if (answer.status() == REFUSED) {
      throw unexpected(at, answer);
    }

    return answer.body();
  }

  /**
   * Sends a request of any protocol.
   *
   * @param at its path
   * @param json the length of the JSON at the body's start; empty if it is all one thing
   * @throws IOException if the answer has another status than 200 and {@link #REFUSED}
   */
  Answer post(String at, String type, byte[] body, OptionalInt json) throws IOException {
    Answer answer = requests.post(at, type, body, json);
    if (answer.status() != 200 && answer.status() != REFUSED) {
      throw unexpected(at, answer);
    }

    return answer;
  }

  private IOException unexpected(String at, Answer answer) {
    return new IOException(
        "Cannot try the server: POST %s answers %s: %s"
            .formatted(
                requests.url() + at,
                answer.status(),
                Fault.printable(new String(answer.body(), StandardCharsets.UTF_8))));
  }
}
