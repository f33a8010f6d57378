package io.paritree.serving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Throughput, measured by wrk: a separate process. */
final class Wrk {
  private static final int CONNECTIONS = 32;
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

  private Wrk() {}

  /** Returns the script that posts the same JSON over and over. */
  static String posting(Path json) {
    return """
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/json"
        local file = io.open("%s", "r")
        wrk.body = file:read("*a")
        """
        .formatted(json);
  }

  /**
   * Returns requests per second of connections that each wait for an answer before the next
   * request.
   *
   * @param lua the script that makes the requests
   * @throws IOException if a request was not answered by 200
   */
  static double throughput(String lua, String url, int seconds)
      throws IOException, InterruptedException {
    Path script = Files.createTempFile("wrk", ".lua");
    Path output = Files.createTempFile("wrk", ".txt");
    try {
      Files.writeString(script, lua);
      int code =
          new ProcessBuilder(
                  "wrk",
                  "-t1",
                  "-c" + CONNECTIONS,
                  "-d" + seconds + "s",
                  "-s",
                  script.toString(),
                  url)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start()
              .waitFor();
      String text = Files.readString(output, StandardCharsets.UTF_8);
      Matcher rate = RATE.matcher(text);
      if (code != 0 || text.contains("Non-2xx") || text.contains("Socket errors") || !rate.find()) {
        throw new IOException("Not every request was answered by 200:\n" + text);
      }

      return Double.parseDouble(rate.group(1));
    } finally {
      Files.delete(script);
      Files.delete(output);
    }
  }
}
