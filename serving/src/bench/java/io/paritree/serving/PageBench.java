package io.paritree.serving;

import com.fasterxml.jackson.databind.JsonNode;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The page in a browser, with a model of 100 trees, and what it costs the server.
 *
 * <p>Run: {@code scripts/bench page [--rounds N] [--seconds N] [--json]}. Medians of the rounds:
 * how long until a record can be scored, how long from a slider to the new waterfall, the requests
 * per second of the endpoint with 20 pages open against none, and the server's start and heap with
 * the page against those without. A ratio is the median of the rounds' ratios; its two sides are
 * measured in turn.
 */
final class PageBench {
  private static final int TREES = 100;
  private static final int PAGES = 20;
  private static final int CHANGES = 20;
  private static final int CONNECTIONS = 6; // of a browser to one server
  private static final long SETTLING_MILLIS =
      500; // until the server has noticed closed connections
  private static final String JCMD = System.getProperty("java.home") + "/bin/jcmd";
  private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  private final Path directory = Files.createTempDirectory("paritree-page");
  private final Path model = model(directory.resolve("store"));
  private final int rounds;
  private final int seconds;
  private final Map<String, List<Double>> found = new LinkedHashMap<>();

  private PageBench(int rounds, int seconds) throws IOException {
    this.rounds = rounds;
    this.seconds = seconds;
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = 5;
    int seconds = 15; // the time between two requests of an open Service screen
    boolean json = false;
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rounds" -> rounds = Integer.parseInt(given.next());
        case "--seconds" -> seconds = Integer.parseInt(given.next());
        case "--json" -> json = true;
        default -> {
          System.err.println("Usage: bench page [--rounds N] [--seconds N] [--json]");
          System.exit(2);
        }
      }
    }

    H2Load.require("wrk", "chromium", "node", "npm");
    PageBench bench = new PageBench(rounds, seconds);
    bench.run();
    System.out.println(json ? bench.json() : bench.table());
  }

  /**
   * Writes the model of {@code scripts/bench http}, with ranges of its fields: they have sliders.
   */
  private static Path model(Path store) {
    String fields =
        IntStream.range(0, HttpBench.WIDTH)
            .mapToObj(
                "{\"name\": \"f%s\", \"type\": \"number\", \"min\": -500, \"max\": 500}"::formatted)
            .collect(Collectors.joining(", ", "{\"features\": [", "]}"));
    byte[] trees = TestPackages.wideModel(HttpBench.WIDTH, TREES, 6);
    return new TestPackages(store).sealNumbers(TestPackages.WIDE, 1, trees, fields).getParent();
  }

  private void run() throws Exception {
    Path root = Path.of(System.getProperty("paritree.root"));
    noteLoad();
    try (PageBrowser browser = new PageBrowser(root.resolve("target/bench/page"))) {
      try (ServeRun server =
          new ServeRun(
              directory,
              Map.of("PARITREE_JAVA_OPTS", String.join(" ", HttpBench.HEAP)),
              "--model",
              model.toString())) {
        int port = server.port();
        use(browser, page(port));
        load(browser, port);
      }

      ServeCommand serve =
          ServeCommand.of(directory, Files.createDirectory(directory.resolve("archives")), model);
      for (int round = 0; round < rounds; round++) {
        start(browser, serve, round);
      }
    } finally {
      Trial.deleteAll(directory);
    }

    noteLoad();
  }

  private static String page(int port) {
    return "http://127.0.0.1:%s/ui/".formatted(port);
  }

  /** Measures what somebody waits for who uses the page. */
  private void use(PageBrowser browser, String url) throws IOException {
    Map<String, ?> page = Map.of("url", url);
    note("ms until usable, a server's first page", browser.ask("usable", page).get("ms"));
    JsonNode weight = browser.ask("weight", page);
    note("requests of the first screen", weight.get("requests"));
    note("bytes of their answers", weight.get("bytes"));
    note("bytes of their answers without heads", weight.get("bodies"));
    for (int round = 0; round < rounds; round++) {
      note("ms until usable", browser.ask("usable", page).get("ms"));
      JsonNode changes = browser.ask("slide", Map.of("url", url, "changes", CHANGES)).get("ms");
      double[] times = doubles(changes).toArray();
      note("ms from slider to waterfall", Trial.median(times));
      note(
          "ms from slider to waterfall, slowest of 20", DoubleStream.of(times).max().orElseThrow());
    }
  }

  private static DoubleStream doubles(JsonNode array) {
    DoubleStream.Builder all = DoubleStream.builder();
    array.forEach(element -> all.add(element.asDouble()));
    return all.build();
  }

  /** Measures the endpoint with no page, with pages, and with none again, which shows the noise. */
  private void load(PageBrowser browser, int port) throws Exception {
    Path record = Files.writeString(directory.resolve("record.json"), HttpBench.record());
    String url = "http://127.0.0.1:%s/v1/models/wide/score".formatted(port);
    String script = Wrk.posting(record);
    Wrk.throughput(script, url, seconds); // warms the server
    double before = Wrk.throughput(script, url, seconds);
    for (int round = 0; round < rounds; round++) {
      browser.ask("open", Map.of("url", page(port), "pages", PAGES));
      double opened = Wrk.throughput(script, url, seconds);
      note("refreshes of Service screens", browser.ask("close", Map.of()).get("refreshes"));
      double after = Wrk.throughput(script, url, seconds);
      note("requests/s, no page", (before + after) / 2);
      note("requests/s, 20 pages", opened);
      note("requests/s, 20 pages : no page", opened / ((before + after) / 2));
      note("requests/s, no page : no page before (noise)", after / before);
      before = after;
    }
  }

  /** Measures a server's start and its heap, without the page and with it. */
  private void start(PageBrowser browser, ServeCommand serve, int round) throws Exception {
    double[] without = new double[4];
    double[] with = new double[4];
    for (int turn = 0; turn < 2; turn++) {
      boolean isOn = (round + turn) % 2 == 0;
      double[] own = isOn ? with : without;
      String mode = isOn ? "on" : "off";
      long begin = System.nanoTime();
      try (ServeCommand.Started server = serve.with("page.mode=" + mode).start(directory)) {
        own[0] = (System.nanoTime() - begin) / (double) TimeUnit.MILLISECONDS.toNanos(1);
        own[1] = server.cpuMillis();
        own[2] = liveBytes(server.process());
        note("ms until ready, page " + mode, own[0]);
        note("CPU ms until ready, page " + mode, own[1]);
        note("heap bytes, page " + mode, own[2]);
        if (isOn) {
          browser.ask("usable", Map.of("url", page(server.port())));
        } else {
          askAsThePageDoes(server.port());
        }

        Trial.pause(SETTLING_MILLIS);
        own[3] = liveBytes(server.process());
        note(isOn ? "heap bytes, page was opened" : "heap bytes, its data were asked for", own[3]);
      }
    }

    note("ms until ready, on : off", with[0] / without[0]);
    note("CPU ms until ready, on : off", with[1] / without[1]);
    note("heap, on : off", with[2] / without[2]);
    note("heap, page was opened : its data were asked for", with[3] / without[3]);
  }

  /** Sends what a page asks for, over as many connections as a browser opens. */
  private static void askAsThePageDoes(int port) throws IOException {
    for (int connection = 0; connection < CONNECTIONS; connection++) {
      try (Client client = new Client(port)) {
        for (String path :
            List.of("/v1/models", "/v1/models/wide@champion/contract", "/v1/scores")) {
          if (client.get(path).status() != 200) {
            throw new IOException("Cannot compare the heaps: %s is not answered".formatted(path));
          }
        }
      }
    }
  }

  /** Returns how many bytes the objects take that a full collection leaves. */
  private static double liveBytes(Process server) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(JCMD, String.valueOf(server.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String printed = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher live = LIVE.matcher(printed);
    if (jcmd.waitFor() != 0 || !live.find()) {
      throw new IOException("Cannot read the server's heap by jcmd: " + printed);
    }

    return Double.parseDouble(live.group(1));
  }

  private void noteLoad() {
    note("load average", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private void note(String figure, JsonNode value) {
    note(figure, value.asDouble());
  }

  private void note(String figure, double value) {
    found.computeIfAbsent(figure, name -> new ArrayList<>()).add(value);
  }

  private String json() {
    return found.entrySet().stream()
        .map(
            figure ->
                "\"%s\": {\"median\": %s, \"rounds\": [%s]}"
                    .formatted(
                        figure.getKey(),
                        text(median(figure.getValue())),
                        figure.getValue().stream()
                            .map(PageBench::text)
                            .collect(Collectors.joining(", "))))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private String table() {
    int width = found.keySet().stream().mapToInt(String::length).max().orElseThrow();
    String line = "%-" + width + "s %12s %12s %12s";
    List<String> lines = new ArrayList<>();
    lines.add(line.formatted("", "median", "least", "most"));
    found.forEach(
        (figure, values) ->
            lines.add(
                line.formatted(
                    figure,
                    text(median(values)),
                    text(values.stream().min(Double::compare).orElseThrow()),
                    text(values.stream().max(Double::compare).orElseThrow()))));
    return String.join("\n", lines);
  }

  private static double median(List<Double> values) {
    return Trial.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static String text(double value) {
    int places = 0;
    for (double limit = 1_000; limit >= 10 && value < limit; limit /= 10) { // four digits
      places++;
    }

    return String.format(Locale.ROOT, "%." + places + "f", value);
  }
}
