package io.paritree.serving.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.AccessTable;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's files, as a browser gets them; what they show is tried by {@code PageIT}. */
class PageFilesTest {
  private static final int MOST_PACKED_BYTES = 60_000;

  /** What the page's files name in their markup and their scripts: other files of the page. */
  private static final Pattern NAMED =
      Pattern.compile("(?:src|href|from|import) ?=? ?\"(?:\\./)?([a-z-]+\\.[a-z]+)\"");

  /** The same, and the scripts of screens that are loaded when they are first opened. */
  private static final Pattern NAMED_OR_LATER =
      Pattern.compile(NAMED.pattern().replace(" ?=? ?", " ?[=(]? ?"));

  @TempDir static Path store;
  private static Path model;
  private static RunningServer serving;

  @BeforeAll
  static void start() throws Exception {
    model = new TestPackages(store).binary().getParent();
    serving = start(AccessTable.settings());
  }

  private static RunningServer start(Map<String, String> settings) throws Exception {
    return RunningServer.start(List.of(model.toString()), settings);
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  /** Returns the answers to all requests that a browser makes for the first screen, by file. */
  private static Map<String, Answer> firstScreen() throws Exception {
    return files(NAMED);
  }

  /** Returns the answers to requests for all files that others name, by file. */
  private static Map<String, Answer> allScreens() throws Exception {
    return files(NAMED_OR_LATER);
  }

  private static Map<String, Answer> files(Pattern pattern) throws Exception {
    Map<String, Answer> files = new LinkedHashMap<>();
    Deque<String> named = new ArrayDeque<>(List.of(""));
    try (Client client = new Client(serving.port())) {
      while (!named.isEmpty()) {
        String name = named.pop();
        if (files.containsKey(name)) {
          continue;
        }

        Answer answer = client.get("/ui/" + name);
        assertThat(answer.status()).as(name).isEqualTo(200);
        files.put(name, answer);
        pattern.matcher(answer.body()).results().map(found -> found.group(1)).forEach(named::add);
      }
    }

    return files;
  }

  @Test
  void eachFileThatAnotherNamesIsThereAndNeedsNoToken() throws Exception {
    Map<String, Answer> files = allScreens();

    assertThat(files.keySet()).contains("", "main.js", "page.css", "lit-html.js", "icon.svg");
    assertThat(files.keySet()).contains("lookup.js", "runs.js", "models.js", "service.js");
    assertThat(files).hasSizeGreaterThan(14);
    try (Client client = new Client(serving.port())) {
      assertThat(client.get("/ui/uplot.js").status()).isEqualTo(200);
      assertThat(client.get("/ui/uplot.css").status()).isEqualTo(200);
      assertThat(client.get("/v1/models").status()).isEqualTo(401);
    }
  }

  @Test
  void theFirstScreenWithItsAnswersAndAllHeadsTakesAtMost60Kilobytes() throws Exception {
    Set<String> files = firstScreen().keySet();
    assertThat(files).contains("try.js").doesNotContain("waterfall.js", "curve.js", "runs.js");
    List<String> paths = new ArrayList<>(files.stream().map("/ui/"::concat).toList());
    paths.addAll(List.of("/v1/models", "/v1/models/parcel-late/contract", "/v1/scores"));
    int bytes = 0;
    try (Client client = new Client(serving.port())) {
      for (String path : paths) {
        String headers = "Accept-Encoding: gzip\r\n" + AccessTable.callersToken();
        Answer answer = client.send("GET", path, new byte[0], headers);
        assertThat(answer.status()).as(path).isEqualTo(200);
        bytes += answer.content().length + headBytes(answer);
      }
    }

    assertThat(bytes).isBetween(30_000, MOST_PACKED_BYTES);
  }

  private static int headBytes(Answer answer) {
    int status = "HTTP/1.1 200 OK\r\n\r\n".length();
    return status
        + answer.headers().entrySet().stream()
            .mapToInt(header -> header.getKey().length() + header.getValue().length() + 4)
            .sum();
  }

  @Test
  void aFileThatHasNotChangedIsNotSentAgain() throws Exception {
    try (Client client = new Client(serving.port())) {
      Answer first = client.get("/ui/page.css");
      String tag = first.headers().get("etag");
      Answer again =
          client.send("GET", "/ui/page.css", new byte[0], "If-None-Match: " + tag + "\r\n");

      assertThat(first.headers())
          .containsEntry("content-type", "text/css")
          .containsEntry("cache-control", "no-cache");
      assertThat(again.status()).isEqualTo(304);
      assertThat(again.content()).isEmpty();
      assertThat(client.get("/ui/main.js").headers().get("etag")).isNotEqualTo(tag);
    }
  }

  @Test
  void browsersAreToldToRunNothingButTheFiles() throws Exception {
    for (Map.Entry<String, Answer> file : allScreens().entrySet()) {
      assertThat(file.getValue().headers())
          .as(file.getKey())
          .containsEntry("content-security-policy", PageFiles.POLICY)
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("referrer-policy", "no-referrer");
    }

    assertThat(PageFiles.POLICY)
        .contains("default-src 'none'", "require-trusted-types-for 'script'")
        .doesNotContain("unsafe", "*", "http");
  }

  @Test
  void ownFilesHaveNoMarkupOfDataAndNoOtherOrigin() throws Exception {
    for (Map.Entry<String, Answer> file : allScreens().entrySet()) {
      String text = file.getValue().body();
      boolean isOwn = !file.getKey().equals("lit-html.js");
      if (isOwn) {
        assertThat(text)
            .as(file.getKey())
            .doesNotContain("innerHTML", "unsafeHTML", "unsafeSVG", "eval(", " style=", " onclick=")
            .doesNotContain("document.cookie", "localStorage", "https://");
      }
    }
  }

  @Test
  void noPathLeadsToAnotherFile() throws Exception {
    try (Client client = new Client(serving.port())) {
      for (String path :
          List.of(
              "/ui/PageFiles.class",
              "/ui/package-info.class",
              "/ui/lit-html",
              "/ui/uplot/uPlot.min.css",
              "/ui/..%2fconfig%2fdefaults.conf",
              "/ui/%2e%2e/config/defaults.conf",
              "/ui/index.html%00.css",
              "/ui/LICENSE")) {
        assertThat(client.get(path).status()).as(path).isIn(400, 401, 404);
      }

      Answer moved = client.get("/ui");
      assertThat(moved.status()).isEqualTo(308);
      assertThat(moved.headers()).containsEntry("location", "ui/");
    }
  }

  @Test
  void thePageIsServedWhereOnlyThisMachineReachesItOrTheSettingsSaySo() throws Exception {
    Map<String, Integer> answers = new LinkedHashMap<>();
    answers.put("127.0.0.1 auto", 200);
    answers.put("127.0.0.1 off", 404);
    answers.put("0.0.0.0 auto", 404);
    answers.put("0.0.0.0 on", 200);
    for (Map.Entry<String, Integer> answer : answers.entrySet()) {
      String[] parts = answer.getKey().split(" ");
      Map<String, String> settings = new HashMap<>(AccessTable.settings());
      settings.put("server.host", '"' + parts[0] + '"');
      settings.put("page.mode", parts[1]);
      try (RunningServer server = start(settings);
          Client client = new Client(server.port())) {
        String token = answer.getValue() == 404 ? AccessTable.callersToken() : "";
        assertThat(client.send("GET", "/ui/", new byte[0], token).status())
            .as(answer.getKey())
            .isEqualTo(answer.getValue());
      }
    }
  }

  @Test
  void licencesOfTheLibrariesAreInTheJar() throws Exception {
    for (String library : List.of("lit-html", "uplot")) {
      try (var licence = PageFiles.class.getResourceAsStream(library + "/LICENSE")) {
        assertThat(new String(licence.readAllBytes(), StandardCharsets.UTF_8))
            .as(library)
            .contains("Copyright");
      }
    }
  }
}
