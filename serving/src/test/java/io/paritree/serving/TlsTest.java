package io.paritree.serving;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

/**
 * TLS on the callers' port: the same answers, a certificate that can be renewed, the same limits.
 */
class TlsTest {
  static final String PASSWORD = "a-password";
  private static final String GET = "GET /v1/models HTTP/1.1\r\nHost: elsewhere.example\r\n";

  @TempDir static Path directory;
  private static String model;
  private static Path first;
  private static Path second;

  @BeforeAll
  static void make() throws Exception {
    model = new TestPackages(directory.resolve("store")).binary().getParent().toString();
    first = keyStore(directory, "first");
    second = keyStore(directory, "second");
  }

  /** Makes a key store with a new key and its certificate, which is for this machine. */
  static Path keyStore(Path directory, String name) throws Exception {
    Path file = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(keytool.waitFor()).as(output).isZero();
    return file;
  }

  @Test
  void checkTriesTheKeyStoreToo() throws Exception {
    Path cut = directory.resolve("cut.p12");
    byte[] whole = Files.readAllBytes(first);
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));

    check(first, PASSWORD);
    assertThatThrownBy(() -> check(first, "another"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot use the key store");
    assertThatThrownBy(() -> check(directory.resolve("absent.p12"), PASSWORD))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> check(cut, PASSWORD))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cut off")
        .hasMessageNotContaining("null");
  }

  private static void check(Path keyStore, String password) throws Exception {
    RunningServer.check(
        List.of(model),
        Map.of(
            "server.tls.key-store",
            "\"" + keyStore + "\"",
            "server.tls.key-store-password",
            password));
  }

  private static RunningServer serve(Path keyStore, Map<String, String> more) throws Exception {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("server.tls.key-store", "\"" + keyStore + "\"");
    settings.putIfAbsent("server.tls.key-store-password", PASSWORD);
    settings.put("security.hosts", "[elsewhere.example, a.example]");
    return RunningServer.start(List.of(model), settings);
  }

  private static SSLSocket connect(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    TrustManager all =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    context.init(null, new TrustManager[] {all}, new SecureRandom());
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(20_000);
    return socket;
  }

  static String exchange(int port, String request) throws Exception {
    try (SSLSocket socket = connect(port)) {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return RawHttp.readAll(socket.getInputStream());
    }
  }

  private static String subject(int port) throws Exception {
    try (SSLSocket socket = connect(port)) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  @Test
  void requestsAreAnsweredAndPlainHttpIsNot() throws Exception {
    try (RunningServer server = serve(first, Map.of())) {
      String body = "{\"weight\":1}";
      String answer =
          exchange(
              server.port(),
              "POST /v1/models/parcel-late/score HTTP/1.1\r\n"
                  + "Host: 127.0.0.1\r\n"
                  + "Connection: close\r\n"
                  + "Content-Type: application/json\r\n"
                  + "Content-Length: 12\r\n\r\n"
                  + body);

      assertThat(RawHttp.status(answer)).as(answer).isEqualTo(200);
      assertThat(answer).contains("\"score\":");
      assertThat(exchange(server.port(), "GET /openapi.json HTTP/1.0\r\nHost: a.example\r\n\r\n"))
          .contains("\"url\":\"https://a.example\"");
      String plain = RawHttp.exchange(server.port(), GET + "Connection: close\r\n\r\n");
      assertThat(RawHttp.status(plain)).isZero();
      try (Client operator = new Client(server.managementPort())) {
        assertThat(operator.get("/metrics").body())
            .containsPattern("paritree_certificate_expiry_seconds [0-9]");
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void renewedCertificateIsUsedAndABrokenOneIsNot() throws Exception {
    Path used = directory.resolve("used.p12");
    Files.copy(first, used);
    try (LoggedErrors log = LoggedErrors.fromWarn();
        RunningServer server = serve(used, Map.of())) {
      assertThat(subject(server.port())).isEqualTo("CN=first");
      replace(used, Files.readAllBytes(second));
      await("a new certificate", () -> !subject(server.port()).equals("CN=first"));
      assertThat(subject(server.port())).isEqualTo("CN=second");
      replace(used, "no key store".getBytes(ISO_8859_1));
      await("a refused key store", () -> refusals(log, used) == 1);
      assertThat(subject(server.port())).isEqualTo("CN=second");
      Files.delete(used);
      await("an absent key store", () -> refusals(log, used) == 2);
      assertThat(subject(server.port())).isEqualTo("CN=second");
      replace(used, Files.readAllBytes(first));
      await("the first certificate", () -> subject(server.port()).equals("CN=first"));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void renewedCertificateThatWasHalfWrittenAtOneLookIsUsedAtTheNext() throws Exception {
    Path used = directory.resolve("half.p12");
    Files.copy(first, used);
    byte[] whole = Files.readAllBytes(second);
    byte[] half = Arrays.copyOf(Arrays.copyOf(whole, whole.length / 2), whole.length);
    try (LoggedErrors log = LoggedErrors.fromWarn();
        RunningServer server = serve(used, Map.of())) {
      Files.write(used, half);
      FileTime time = FileTime.fromMillis(1_000);
      Files.setLastModifiedTime(used, time);
      await("a refused key store", () -> refusals(log, used) > 0);
      long refusals = refusals(log, used); // 2 if a look fell between writing and setting the time
      Files.write(used, whole);
      Files.setLastModifiedTime(used, time);

      await("the second certificate", () -> subject(server.port()).equals("CN=second"));
      assertThat(refusals(log, used))
          .as("one state is reported once")
          .isLessThanOrEqualTo(refusals + 1);
    }
  }

  private static long refusals(LoggedErrors log, Path file) {
    return log.lines().stream()
        .filter(line -> line.contains("old certificate stays") && line.contains(file.toString()))
        .count();
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path other = Files.write(file.resolveSibling("new-" + file.getFileName()), content);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void keyStoreThatCannotBeUsedStopsTheStartWithoutItsPassword() throws Exception {
    Path empty = Files.write(directory.resolve("empty.p12"), new byte[0]);
    for (Path file : List.of(empty, directory.resolve("absent.p12"))) {
      assertThatThrownBy(() -> serve(file, Map.of()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Cannot use the key store " + file)
          .hasMessageNotContaining(PASSWORD);
    }

    assertThatThrownBy(() -> serve(first, Map.of("server.tls.key-store-password", "wrong-one")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("server.tls.key-store-password")
        .hasMessageNotContaining("wrong-one");
  }

  @Test
  @Execution(CONCURRENT)
  void connectionInUseStaysOpenAndSlowHeadersAreClosed() throws Exception {
    try (RunningServer server = serve(first, Map.of("server.request-timeout", "1 s"));
        SSLSocket busy = connect(server.port());
        SSLSocket slow = connect(server.port())) {
      slow.getOutputStream().write("GET /v1".getBytes(ISO_8859_1));
      InputStream in = busy.getInputStream();
      for (int request = 0; request < 15; request++) {
        busy.getOutputStream().write((GET + "\r\n").getBytes(ISO_8859_1));
        byte[] part = new byte[4_096];
        assertThat(new String(part, 0, in.read(part), ISO_8859_1)).startsWith("HTTP/1.1 200");
        while (in.available() > 0) {
          in.skipNBytes(in.available());
        }

        TimeUnit.MILLISECONDS.sleep(250);
      }

      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void answerThatIsNotReadIsGivenUp() throws Exception {
    Map<String, String> settings =
        Map.of("server.request-timeout", "1 s", "limits.answer-bytes-per-second", "1 GiB");
    try (RunningServer server = serve(first, settings);
        SSLSocket socket = connect(server.port())) {
      String body = "[" + "{\"weight\":1},".repeat(9_999) + "{\"weight\":1}]";
      String head =
          "POST /v1/models/parcel-late/score-batch?margin=true HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: %s\r\n\r\n";
      socket.getOutputStream().write((head.formatted(body.length()) + body).getBytes(ISO_8859_1));
      String closed = "paritree_slow_connections_closed_total{reason=\"answer\"} 1";
      try (Client operator = new Client(server.managementPort())) {
        await(closed, () -> operator.get("/metrics").body().contains(closed));
      }

      assertThat(RawHttp.readAll(socket.getInputStream())).doesNotContain("\"refused\":0");
    }
  }
}
