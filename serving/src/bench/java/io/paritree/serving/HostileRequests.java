package io.paritree.serving;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.paritree.model.TestPackages;
import io.paritree.serving.HostileRequest.End;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Hostile requests by number: a seed and a number always make the same request. Immutable and
 * thread-safe.
 */
final class HostileRequests {
  private static final String[] PATHS = {
    "/v1/models/parcel-late/score",
    "/v1/models/parcel-late/score-batch",
    "/v1/models/parcel-late/versions/1/score",
    "/v1/models/parcel-class/score",
    "/v1/models/wide/score-batch",
    "/v2/models/parcel-late/infer",
    "/v2/models/wide/infer",
    "/invocations"
  };
  private static final String[] TYPES = {
    "application/json", "application/json; charset=utf-8", "text/csv", "text/plain", "*/*", ""
  };
  private static final byte[][] HEAD_PIECES = {
    bytes("\r\n"),
    bytes("\n"),
    bytes("\r"),
    bytes("\0"),
    bytes(" "),
    bytes("\t"),
    bytes(":"),
    bytes("\r\n "),
    bytes("HTTP/9.9"),
    bytes("Content-Length: 5\r\n"),
    bytes("\u00ff"),
    bytes("Transfer-Encoding: chunked\r\n"),
    bytes("Expect: 100-continue\r\n"),
    bytes("%00"),
    bytes("Content-Encoding: gzip\r\n"),
    bytes("X: " + "y".repeat(9_000) + "\r\n"),
    bytes("%zz"),
    bytes("Connection: upgrade\r\nUpgrade: h2c\r\n"),
    bytes("Host: other\r\n"),
    bytes("../"),
    bytes("X-HTTP-Method-Override: DELETE\r\n"),
    bytes("Content-Length: -1\r\n"),
    bytes("?a=%ff")
  };

  private final long seed;
  private final String record;
  private final String answer;
  private final List<String> good;
  private final List<byte[]> crafted = HostileBodies.all();

  /**
   * @param answer what the server answers to the first record
   */
  HostileRequests(long seed, String answer) {
    this.seed = seed;
    this.record = TestPackages.records(1).get(0);
    this.answer = answer;
    List<String> records = TestPackages.records(20);
    this.good = new ArrayList<>(records);
    good.add("[" + String.join(",", records) + "]");
    good.add("{\"dataframe_records\":[" + records.get(1) + "]}");
    good.add(
        "{\"dataframe_split\":{\"columns\":[\"zone\",\"weight\",\"distance\",\"express\",\"carrier\","
            + "\"departure\"],\"data\":[[10,1,2,true,\"AA\",null],[null,2.5,null,0,null,null]]}}");
    good.add(
        "{\"inputs\":{\"weight\":[1,2],\"distance\":[3,null],\"express\":[true,null],"
            + "\"carrier\":[\"DL\",null],\"zone\":[7,null],\"departure\":[null,null]}}");
    good.add(
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,28],\"datatype\":\"FP32\",\"data\":["
            + "1,".repeat(27)
            + "2]}],\"id\":\"7\"}");
  }

  HostileRequest of(long number) {
    Random random = new Random(seed + number * 0x9E3779B97F4A7C15L);
    int kind = random.nextInt(100);
    if (kind < 64) {
      byte[] body = new BodyMutations(random, good).next();
      return whole("body", post(path(random), "application/json", body));
    } else if (kind < 70) {
      byte[] body = crafted.get(random.nextInt(crafted.size()));
      return whole("crafted", post(path(random), TYPES[random.nextInt(TYPES.length)], body));
    } else if (kind < 76) {
      return finish("head", 4, mutatedHead(random));
    } else if (kind < 82) {
      return new HostileRequest("split", pieces(random, right()), End.KEEP, 1, answer);
    } else if (kind < 88) {
      return leaving(random);
    } else if (kind < 93) {
      return finish("smuggling", 1, bytes(pick(random, HostileHeads.SMUGGLING)));
    } else if (kind < 96) {
      return finish("protocol", 2, bytes(pick(random, HostileHeads.PROTOCOLS)));
    } else if (kind < 98) {
      String head =
          "GET " + pick(random, HostileHeads.PATHS) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      return finish("path", 1, bytes(head));
    }

    return pipeline(random);
  }

  private HostileRequest leaving(Random random) {
    byte[] request = right();
    int sent = random.nextInt(request.length + 1);
    End end = random.nextBoolean() ? End.CLOSE : End.RESET;
    byte[] part = Arrays.copyOf(request, sent);
    return new HostileRequest("leaving", List.of(part), end, 1, null);
  }

  private HostileRequest pipeline(Random random) {
    int count = 2 + random.nextInt(30);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int request = 0; request < count; request++) {
      all.writeBytes(right());
    }

    List<byte[]> parts = pieces(random, all.toByteArray());
    return new HostileRequest("pipeline", parts, End.FINISH, count, answer);
  }

  private static HostileRequest whole(String kind, byte[] request) {
    return new HostileRequest(kind, List.of(request), End.KEEP, 1, null);
  }

  private static HostileRequest finish(String kind, int maxAnswers, byte[] request) {
    return new HostileRequest(kind, List.of(request), End.FINISH, maxAnswers, null);
  }

  /** Returns the one request that has only one right answer. */
  byte[] right() {
    return post(PATHS[0], "application/json", record.getBytes(UTF_8));
  }

  private static byte[] post(String path, String type, byte[] body) {
    String head =
        "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %s\r\n\r\n"
            .formatted(path, type.isEmpty() ? "" : "Content-Type: " + type + "\r\n", body.length);
    ByteArrayOutputStream request = new ByteArrayOutputStream(head.length() + body.length);
    request.writeBytes(head.getBytes(US_ASCII));
    request.writeBytes(body);
    return request.toByteArray();
  }

  private byte[] mutatedHead(Random random) {
    byte[] request = right();
    int head = request.length - record.getBytes(UTF_8).length;
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(head);
      byte[] piece =
          random.nextInt(3) == 0
              ? new byte[] {(byte) random.nextInt(256)}
              : HEAD_PIECES[random.nextInt(HEAD_PIECES.length)];
      int from = random.nextBoolean() ? at : Math.min(request.length, at + 1 + random.nextInt(8));
      ByteArrayOutputStream changed = new ByteArrayOutputStream();
      changed.write(request, 0, at);
      changed.writeBytes(piece);
      changed.write(request, from, request.length - from);
      request = changed.toByteArray();
    }

    return request;
  }

  private static List<byte[]> pieces(Random random, byte[] request) {
    List<byte[]> parts = new ArrayList<>();
    for (int from = 0; from < request.length; ) {
      int to = Math.min(request.length, from + 1 + random.nextInt(request.length / 4 + 1));
      parts.add(Arrays.copyOfRange(request, from, to));
      from = to;
    }

    return parts;
  }

  private static String path(Random random) {
    return pick(random, PATHS);
  }

  private static String pick(Random random, String[] from) {
    return from[random.nextInt(from.length)];
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
