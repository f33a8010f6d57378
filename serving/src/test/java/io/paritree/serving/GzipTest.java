package io.paritree.serving;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies and answers in gzip are those without it, and no small body becomes a large one. */
class GzipTest {
  private static final String BATCH = "/v1/models/parcel-late/score-batch";
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String GZIP = JSON + "Content-Encoding: gzip\r\n";
  private static final int LIMIT = 900 << 10;

  @TempDir static Path directory;
  private static RunningServer serving;

  private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    String model = new TestPackages(directory).binary().getParent().toString();
    Map<String, String> settings =
        Map.of(
            "limits.body", LIMIT + " B",
            "limits.pending-bodies", "1 MiB",
            "server.request-timeout", "2 s");
    serving = RunningServer.start(List.of(model), settings);
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @AfterEach
  void hangUp() throws Exception {
    client.close();
  }

  private static byte[] packed(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    }

    return packed.toByteArray();
  }

  private static byte[] batch() {
    return ("[" + String.join(",", TestPackages.records(500)) + "]").getBytes(UTF_8);
  }

  @Test
  void packedBodyHasTheAnswerOfThePlainOne() throws Exception {
    String plain = client.post(BATCH, batch()).body();
    byte[] packed = packed(batch());

    assertThat(client.send("POST", BATCH, packed, GZIP).body()).isEqualTo(plain);
    assertThat(client.send("POST", BATCH, packed, GZIP.replace("gzip", "X-GZIP")).body())
        .isEqualTo(plain);
    byte[] half = packed(Arrays.copyOf(batch(), 777));
    byte[] rest = packed(Arrays.copyOfRange(batch(), 777, batch().length));
    byte[] members = Arrays.copyOf(half, half.length + rest.length);
    System.arraycopy(rest, 0, members, half.length, rest.length);
    assertThat(client.send("POST", BATCH, members, GZIP).body()).isEqualTo(plain);
  }

  @Test
  void packedBodyMayArriveInPieces() throws Exception {
    byte[] packed = packed(batch());
    Random random = new Random(Seed.next());
    ByteArrayOutputStream chunked = new ByteArrayOutputStream();
    String head =
        "POST %s HTTP/1.1\r\nHost: localhost\r\n%sTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    chunked.writeBytes(head.formatted(BATCH, GZIP).getBytes(ISO_8859_1));
    for (int at = 0; at < packed.length; ) {
      int length = Math.min(packed.length - at, 1 + random.nextInt(40));
      chunked.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1));
      chunked.write(packed, at, length);
      chunked.writeBytes("\r\n".getBytes(ISO_8859_1));
      at += length;
    }

    chunked.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
    String answer = RawHttp.exchange(serving.port(), chunked.toByteArray());

    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(200);
    assertThat(answer).endsWith(client.post(BATCH, batch()).body());
  }

  /** The garbage after the limit would be answered with 400 if it were unpacked. */
  @Test
  void bombIsRefusedWhereItExceedsTheLimit() throws Exception {
    byte[] bomb = packed(new byte[200 << 20]);
    byte[] small = packed(new byte[LIMIT + (100 << 10)]);
    Arrays.fill(small, small.length - 50, small.length, (byte) 7);

    for (byte[] body : List.of(bomb, small)) {
      Answer answer = client.send("POST", BATCH, body, GZIP);
      assertThat(answer.status()).as(answer.body()).isEqualTo(413);
      client.close();
    }

    assertThat(client.send("POST", BATCH, packed(new byte[LIMIT]), GZIP).status()).isEqualTo(400);
  }

  @Test
  void brokenAndUnfinishedGzipAreRefusedByName() throws Exception {
    byte[] packed = packed(batch());
    byte[] changed = packed.clone();
    Arrays.fill(changed, 100, 140, (byte) 0x55);
    for (byte[] body :
        List.of(batch(), changed, Arrays.copyOf(packed, packed.length - 9), new byte[] {31})) {
      Answer answer = client.send("POST", BATCH, body, GZIP);

      assertThat(answer.status()).as(answer.body()).isEqualTo(400);
      assertThat(answer.body()).contains("malformed_body");
      client.close();
    }

    String twice = GZIP + "Content-Encoding: gzip\r\n";
    for (String headers :
        List.of(twice, GZIP.replace("gzip", "br"), GZIP.replace("gzip", "gzip, gzip"))) {
      Answer answer = client.send("POST", BATCH, packed, headers);
      assertThat(answer.status()).isEqualTo(415);
      assertThat(answer.body()).contains("unsupported_encoding");
      client.close();
    }
  }

  @Test
  void unpackedBytesCountAsPending() throws Exception {
    byte[] packed = packed(new byte[800 << 10]);
    try (Socket first = RawHttp.open(serving.port());
        Socket second = RawHttp.open(serving.port())) {
      String head =
          "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %s\r\n\r\n"
              .formatted(BATCH, GZIP, packed.length);
      ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
      unfinished.writeBytes(head.getBytes(ISO_8859_1));
      unfinished.write(packed, 0, packed.length - 8);
      first.getOutputStream().write(unfinished.toByteArray());
      serving.awaitPendingBodies(800_000);
      second.getOutputStream().write(unfinished.toByteArray());

      assertThat(RawHttp.status(RawHttp.readAll(second.getInputStream()))).isEqualTo(503);
      assertThat(RawHttp.status(RawHttp.readAll(first.getInputStream()))).isEqualTo(408);
    }
  }

  @Test
  void longAnswerIsPackedForCallersThatAcceptIt() throws Exception {
    Answer plain = client.post(BATCH, batch());
    Answer packed = client.send("POST", BATCH, batch(), JSON + "Accept-Encoding: br, gzip\r\n");

    assertThat(plain.headers()).doesNotContainKeys("content-encoding", "vary");
    assertThat(packed.headers())
        .containsEntry("content-encoding", "gzip")
        .containsEntry("vary", "Accept-Encoding");
    assertThat(packed.content().length).isLessThan(plain.content().length / 2);
    try (GZIPInputStream unpacked =
        new GZIPInputStream(new ByteArrayInputStream(packed.content()))) {
      assertThat(new String(unpacked.readAllBytes(), UTF_8)).isEqualTo(plain.body());
    }

    for (String coding : List.of("gzip;q=0", "identity", "br")) {
      String accept = JSON + "Accept-Encoding: " + coding + "\r\n";
      assertThat(client.send("POST", BATCH, batch(), accept).body()).isEqualTo(plain.body());
    }

    String one = JSON + "Accept-Encoding: gzip\r\n";
    byte[] record = TestPackages.records(1).get(0).getBytes(UTF_8);
    assertThat(client.send("POST", BATCH.replace("-batch", ""), record, one).headers())
        .doesNotContainKey("content-encoding");
  }
}
