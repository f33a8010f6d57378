package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.docs.Block;
import io.paritree.docs.Command;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The request of a {@code curl} of the pages.
 *
 * @param command where it is
 * @param authority a file of certificates that are trusted
 * @param retries how often it is sent again while it is answered with 503, a second later each time
 */
record CurlRequest(
    Command command, HttpRequest.Builder request, URI uri, Optional<Path> authority, int retries) {

  private static final int MANAGEMENT_PORT = 8081;

  /** Reads the options that the pages use; fails at any other. */
  static CurlRequest of(Command command, Path directory) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder();
    Optional<Path> authority = Optional.empty();
    Optional<BodyPublisher> body = Optional.empty();
    String method = "";
    int retries = 0;
    String uri = "";
    Iterator<String> words = command.arguments().iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "-s" -> {}
        case "-H" -> {
          String[] header = words.next().split(": ", 2);
          request.header(header[0], header[1]);
        }
        case "-X" -> method = words.next();
        case "--retry" -> retries = Integer.parseInt(words.next());
        case "--cacert" -> authority = Optional.of(directory.resolve(words.next()));
        case "-d", "--data-binary" -> {
          String data = words.next();
          body =
              Optional.of(
                  data.startsWith("@")
                      ? BodyPublishers.ofByteArray(
                          Files.readAllBytes(directory.resolve(data.substring(1))))
                      : BodyPublishers.ofString(data));
        }
        default -> {
          assertThat(word).as("%s: an address", command).startsWith("http");
          uri = word;
        }
      }
    }

    String usual = body.isPresent() ? "POST" : "GET";
    request.method(method.isEmpty() ? usual : method, body.orElse(BodyPublishers.noBody()));
    return new CurlRequest(command, request, URI.create(uri), authority, retries);
  }

  /** Sends it to a server, to the port that is there in place of the one that it names. */
  Answer send(Serving serving) throws Exception {
    int port = uri.getPort() == MANAGEMENT_PORT ? serving.managementPort() : serving.port();
    HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    if (authority.isPresent()) {
      client.sslContext(trusting(authority.get()));
    }

    String address = uri.getScheme() + "://" + uri.getHost() + ":" + port;
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    URI here = URI.create(address + uri.getRawPath() + query);
    HttpRequest asked = request.uri(here).build();
    HttpClient built = client.build();
    HttpResponse<String> response = built.send(asked, BodyHandlers.ofString());
    for (int again = 0; again < retries && response.statusCode() == 503; again++) {
      Thread.sleep(1_000);
      response = built.send(asked, BodyHandlers.ofString());
    }

    return new Answer(command, response.statusCode(), response.body());
  }

  private static SSLContext trusting(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(file)) {
      store.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }

    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** What was answered. */
  record Answer(Command command, int status, String body) {
    void assertIsGood() {
      assertThat(status).as("%s: %s", command, body).isEqualTo(200);
    }

    /**
     * Asserts that the answer has each member of a block: the same texts and whole numbers, about
     * the same fractions, some run, and as many elements of a list.
     */
    void assertHas(Block block) {
      Object shown = JsonTree.parse(block.text());
      Object status = shown instanceof Map<?, ?> map ? map.get("status") : null;
      assertThat(String.valueOf(this.status))
          .as("%s: %s", block, body)
          .isEqualTo(status == null ? "200" : status);
      assertHas(block + " ", shown, JsonTree.parse(body));
    }

    private void assertHas(String place, Object shown, Object answered) {
      String why = place + ": " + body;
      if (shown instanceof Map<?, ?> members) {
        assertThat(answered).as(why).isInstanceOf(Map.class);
        members.forEach(
            (name, value) -> {
              assertThat(((Map<?, ?>) answered).containsKey(name)).as(why + " " + name).isTrue();
              assertHas(place + "/" + name, value, ((Map<?, ?>) answered).get(name));
            });
      } else if (shown instanceof List<?> elements) {
        assertThat(answered).as(why).isInstanceOf(List.class);
        assertThat((List<?>) answered).as(why).hasSameSizeAs(elements);
        for (int index = 0; index < elements.size(); index++) {
          assertHas(place + "/" + index, elements.get(index), ((List<?>) answered).get(index));
        }
      } else if (place.endsWith("/run")) {
        assertThat(answered).as(why).isInstanceOf(String.class);
      } else if (String.valueOf(shown).matches("-?[0-9]+\\.[0-9]+")) {
        assertThat(Double.parseDouble(String.valueOf(answered)))
            .as(why)
            .isCloseTo(Double.parseDouble(String.valueOf(shown)), within(0.01));
      } else {
        assertThat(answered).as(why).isEqualTo(shown);
      }
    }
  }
}
