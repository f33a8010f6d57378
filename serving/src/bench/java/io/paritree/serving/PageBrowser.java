package io.paritree.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.serving.page.BrowserScripts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A browser that {@code page-bench.mjs} drives, one request after the other. */
final class PageBrowser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;

  /**
   * @param directory receives the packages of npm
   */
  PageBrowser(Path directory) throws IOException, InterruptedException {
    process =
        BrowserScripts.install(directory)
            .node("page-bench.mjs", BrowserScripts.chromium())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = process.inputReader(StandardCharsets.UTF_8);
    requests = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Lets the browser do something, and waits until it is done.
   *
   * @param way a member of the script's {@code ways}
   */
  JsonNode ask(String way, Map<String, ?> given) throws IOException {
    Map<String, Object> request = new LinkedHashMap<>(given);
    request.put("way", way);
    requests.write(JSON.writeValueAsString(request) + "\n");
    requests.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("Cannot measure: the browser has ended; see above");
    }

    return JSON.readTree(answer);
  }

  /** Ends the browser with its script. */
  @Override
  public void close() throws IOException {
    requests.close();
    process.onExit().join();
  }
}
