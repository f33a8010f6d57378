package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.paritree.Seed;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.proof.AdversarialRecords;
import io.paritree.proof.EngineForm;
import io.paritree.proof.ParityTrial;
import io.paritree.proof.TriedRecord;
import io.paritree.proof.TriedServer;
import io.paritree.proof.Way;
import io.paritree.proof.WayResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server gives the bits and the faults of the specification, also for generated records. */
class ProvedServerTest {
  private static final long SEED = Seed.next();
  private static final int RECORDS = 900;
  private static final int FEW = 40;
  private static final String LENGTH = "Inference-Header-Content-Length";

  @TempDir private Path directory;

  @Test
  void eachWayToAskAnswersAsTheSpecification() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    Path late = packages.reasons();
    Path classes = packages.classes();
    try (RunningServer server =
        RunningServer.start(List.of(late.toString(), classes.toString()), Map.of())) {
      for (Path place : List.of(late, classes)) {
        ScoringModel model = Opening.open(place.toString(), EngineKind.FOREST);
        TriedServer tried = TriedServer.of("http://127.0.0.1:" + server.port(), "", model);
        List<WayResult> results = results(place, tried, RECORDS);

        List<String> ways = new ArrayList<>(TriedServer.names());
        ways.add(0, EngineForm.SPEC.word());
        if (place.equals(classes)) { // which is not served first
          ways.remove("invocations");
        }

        assertThat(results).extracting(WayResult::name).isEqualTo(ways);
        for (WayResult result : results) {
          assertThat(result.different()).as("%s, seed %s", result, SEED).isZero();
          assertThat(result.compared()).as(result.toString()).isGreaterThan(RECORDS / 8);
        }
      }

      ScoringModel other = Opening.open(packages.wide(3, 2, 2).toString(), EngineKind.FOREST);
      assertThatThrownBy(() -> TriedServer.of("http://127.0.0.1:" + server.port(), "", other))
          .hasMessageContaining("answers 404, expected the model wide/1 with the digest");
    }
  }

  @Test
  void connectionsMayBeOfTlsAndEndAtAnyTime() throws Exception {
    Path late = new TestPackages(directory.resolve("models")).binary();
    Path keys = TlsTest.keyStore(directory, "keys");
    Map<String, String> settings =
        Map.of(
            "server.tls.key-store",
            "\"" + keys + "\"",
            "server.tls.key-store-password",
            TlsTest.PASSWORD);
    SSLSocketFactory usual = HttpsURLConnection.getDefaultSSLSocketFactory();
    try (RunningServer server = RunningServer.start(List.of(late.toString()), settings);
        Relay relay = new Relay(server.port())) {
      ScoringModel model = Opening.open(late.toString(), EngineKind.FOREST);
      String url = "https://127.0.0.1:" + relay.port();
      assertThatThrownBy(() -> TriedServer.of(url, "", model)).isInstanceOf(SSLException.class);

      HttpsURLConnection.setDefaultSSLSocketFactory(trusting(keys));
      TriedServer tried = TriedServer.of(url, "", model);
      for (int time = 0; time < 2; time++) {
        isSame(results(late, tried, FEW));
        relay.die(); // under the connections that are kept
        relay.revive();
      }
    } finally {
      HttpsURLConnection.setDefaultSSLSocketFactory(usual);
    }
  }

  private static SSLSocketFactory trusting(Path keys) throws Exception {
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(KeyStore.getInstance(keys.toFile(), TlsTest.PASSWORD.toCharArray()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trusted.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  @Test
  void answersMayComeInChunksOfConnectionsThatAreClosed() throws Exception {
    Path late = new TestPackages(directory.resolve("models")).binary();
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer proxy = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    try (RunningServer server = RunningServer.start(List.of(late.toString()), Map.of());
        Client client = new Client(server.port())) {
      AtomicInteger answered = new AtomicInteger();
      proxy.createContext("/", exchange -> pass(exchange, client, answered.incrementAndGet()));
      proxy.start();
      ScoringModel model = Opening.open(late.toString(), EngineKind.FOREST);
      String url = "http://127.0.0.1:" + proxy.getAddress().getPort();

      isSame(results(late, TriedServer.of(url, "", model), FEW));
      assertThat(answered).hasValueGreaterThan(FEW);
    } finally {
      proxy.stop(0);
    }
  }

  /** Passes a request on; the answer has no length, and each third one ends its connection. */
  private static void pass(HttpExchange exchange, Client client, int number) throws IOException {
    StringBuilder headers = new StringBuilder();
    for (String name : List.of("Content-Type", LENGTH)) {
      String value = exchange.getRequestHeaders().getFirst(name);
      headers.append(value == null ? "" : name + ": " + value + "\r\n");
    }

    Client.Answer answer =
        client.send(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            exchange.getRequestBody().readAllBytes(),
            headers.toString());
    String length = answer.headers().get(LENGTH.toLowerCase(Locale.ROOT));
    if (length != null) {
      exchange.getResponseHeaders().set(LENGTH, length);
    }

    if (number % 3 == 0) {
      exchange.getResponseHeaders().set("Connection", "close");
    }

    exchange.sendResponseHeaders(answer.status(), 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(answer.content());
    }
  }

  private static void isSame(List<WayResult> results) {
    assertThat(results).hasSize(TriedServer.names().size() + 1);
    for (WayResult result : results) {
      assertThat(result.failure()).as("%s, seed %s", result, SEED).isEmpty();
      assertThat(result.different()).as("%s, seed %s", result, SEED).isZero();
      assertThat(result.compared()).as(result.toString()).isPositive();
    }
  }

  private List<WayResult> results(Path place, TriedServer server, int count) throws Exception {
    ModelFiles files = ModelFiles.read(place.toString());
    ScoringModel model = Opening.open(files, EngineKind.FOREST);
    AdversarialRecords edges = new AdversarialRecords(model, SEED);
    Stream<TriedRecord> records = Stream.generate(() -> edges.next(edges.generated())).limit(count);
    List<Way> ways = new ArrayList<>();
    ways.add(EngineForm.SPEC.of(model, files).orElseThrow());
    ways.addAll(server.ways(model));
    return new ParityTrial(model.schema(), ways)
        .run(Collections.emptyIterator(), records.iterator())
        .ways();
  }
}
