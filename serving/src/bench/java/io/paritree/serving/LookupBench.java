package io.paritree.serving;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.RowBytes;
import io.paritree.lookup.ScoreSpread;
import io.paritree.lookup.ShardSizes;
import io.paritree.lookup.ShardWriter;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.model.TestPackages;
import io.paritree.output.PartitionManifest;
import io.paritree.output.StateDirectory;
import io.paritree.output.TestManifest;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Stored scores by key: building the index as the job does and as a server does, looking up in it,
 * and the endpoint against an empty Javalin endpoint, in turn and with random keys: throughput by
 * wrk, and answer times at half of it.
 *
 * <p>Run: {@code scripts/bench lookup [--rows N] [--rounds N] [--seconds N] [--json]}.
 */
final class LookupBench {
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");
  private static final int CLIENTS = 16;
  private static final int LOOKUPS = 500_000;
  private static final long ROWS_PER_SHARD = 2_000_000;
  private static final String RUN = "bench-00000000";

  private final Path directory = Files.createTempDirectory("paritree-bench");
  private final int rows;
  private final int rounds;
  private final int seconds;

  private LookupBench(int rows, int rounds, int seconds) throws IOException {
    this.rows = rows;
    this.rounds = rounds;
    this.seconds = seconds;
  }

  public static void main(String[] arguments) throws Exception {
    int rows = 20_000_000;
    int rounds = 5;
    int seconds = 5;
    boolean json = false;
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rows" -> rows = Integer.parseInt(given.next());
        case "--rounds" -> rounds = Integer.parseInt(given.next());
        case "--seconds" -> seconds = Integer.parseInt(given.next());
        case "--json" -> json = true;
        default -> {
          System.err.println("Usage: bench lookup [--rows N] [--rounds N] [--seconds N] [--json]");
          System.exit(2);
        }
      }
    }

    H2Load.require("wrk");
    LookupBench bench = new LookupBench(rows, rounds, seconds);
    try {
      String result =
          "{\"rows\": %s, \"index\": %s, \"lookup\": %s, \"http\": %s}"
              .formatted(rows, bench.build(), bench.lookUp(), bench.serve());
      System.out.println(json ? result : result.replace("}, ", "},\n "));
    } finally {
      Trial.deleteAll(bench.directory);
    }
  }

  private Path output() {
    return directory.resolve("data/big");
  }

  private Path index() throws IOException {
    Path output = Files.createDirectories(output());
    Location state = StateDirectory.of(Location.of(output.toRealPath()));
    return StateDirectory.index(state, RUN, "").toPath();
  }

  static long key(int row) {
    return row * 7L;
  }

  static float score(int row) {
    return row % 1_000_003 / 1_000_003f;
  }

  /** Writes the index as the job's tasks do, on one thread. */
  private String build() throws IOException {
    long cpu = cpu();
    int shards = (int) Long.highestOneBit(Math.max(1, 2 * (rows / ROWS_PER_SHARD) - 1));
    Path to = Files.createDirectories(index());
    List<ShardFile> files = new ArrayList<>();
    long bytes = 0;
    for (int shard = 0; shard < shards; shard++) {
      RowBytes added = new RowBytes(1 << 20);
      fill(added, shard, shards);
      ShardWriter writer =
          new ShardWriter(IndexManifest.seal(RUN, "", shard), 1, ShardSizes.BYTES_PER_SHARD);
      writer.add(added.array(), 0, added.length());
      try (OutputStream out = Files.newOutputStream(to.resolve("shard-" + shard))) {
        ShardFile file = writer.write("shard-" + shard, out).file();
        files.add(file);
        bytes += file.bytes();
      }
    }

    double seconds = (cpu() - cpu) / 1e9;
    publish(files, to);
    return String.format(
        Locale.ROOT,
        "{\"shards\": %s, \"rowsPerCpuSecond\": %.0f, \"bytesPerRow\": %.1f}",
        shards,
        rows / seconds,
        (double) bytes / rows);
  }

  /** Adds the rows of a shard; hashing all keys for each shard is not part of the job's work. */
  private void fill(RowBytes added, int shard, int shards) {
    KeyBytes key = new KeyBytes();
    float[] score = new float[1];
    byte[] none = {};
    for (int row = 0; row < rows; row++) {
      key.clear();
      key.putLong(key(row));
      long hash = key.hash();
      if (shards == 1 || (int) (hash >>> Long.numberOfLeadingZeros(shards) + 1) == shard) {
        score[0] = score(row);
        added.addScored(key, score, none, 0);
      }
    }
  }

  private void publish(List<ShardFile> files, Path to) throws IOException {
    IndexManifest manifest =
        new IndexManifest(
            "",
            "identity",
            RUN,
            "bench",
            "m/1",
            "2026-11-25T02:11:09Z",
            new KeyForm(List.of(new KeyColumn("id", KeyColumn.Type.INTEGER, 0))),
            List.of("score"),
            Optional.empty(),
            rows,
            0,
            0,
            0,
            ScoreSpread.NONE,
            files);
    Files.write(to.resolve(IndexManifest.FILE), manifest.toJson());
    Files.write(to.resolve(IndexManifest.DIGESTS), manifest.digests());
    Files.write(
        output().resolve(PartitionManifest.FILE),
        TestManifest.of("", "identity", RUN, List.of()).toJson());
  }

  static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Looks random keys up, on one thread, and compares each score. */
  private String lookUp() throws IOException {
    long before = usedHeap();
    long begin = System.nanoTime();
    try (LookupIndex index = LookupIndex.open(index())) {
      double openMillis = (System.nanoTime() - begin) / 1e6;
      Random random = new Random(1);
      KeyBytes key = new KeyBytes();
      double best = Double.MAX_VALUE;
      for (int round = 0; round < rounds; round++) {
        long cpu = cpu();
        for (int number = 0; number < LOOKUPS; number++) {
          int row = random.nextInt(rows);
          key.clear();
          key.putLong(key(row));
          if (((Scored) index.find(key).orElseThrow()).scores()[0] != score(row)) {
            throw new IllegalStateException(
                "Wrong score: the speed of a wrong answer is no figure");
          }
        }

        best = Math.min(best, (double) (cpu() - cpu) / LOOKUPS);
      }

      return String.format(
          Locale.ROOT,
          "{\"openMillis\": %.1f, \"cpuNanos\": %.0f, \"heapMiB\": %.1f}",
          openMillis,
          best,
          (usedHeap() - before) / 1048576.0);
    }
  }

  private String serve() throws Exception {
    String store = new TestPackages(directory.resolve("store")).binary().getParent().toString();
    double[][] starts = new double[2][rounds];
    for (int round = 0; round < rounds; round++) {
      starts[0][round] = startMillis("--model", store);
      starts[1][round] = startMillis("--model", store, "--scores", "big=" + output());
    }

    String added =
        String.format(Locale.ROOT, "%.0f", Trial.median(starts[1]) - Trial.median(starts[0]));
    try (ServeRun server =
        new ServeRun(
            directory,
            Map.of("PARITREE_JAVA_OPTS", String.join(" ", HEAP)),
            "--model",
            store,
            "--scores",
            "big=" + output())) {
      int port = server.port();
      int length;
      try (Client client = new Client(port)) {
        length = client.get("/v1/scores/big/" + key(rows / 2)).content().length;
      }

      try (EmptyRun empty = new EmptyRun(directory, length, HEAP)) {
        empty.await();
        return "{\"addedStartMillis\": %s, %s}"
            .formatted(
                added,
                compare(
                    "http://127.0.0.1:%s/empty/".formatted(empty.port()),
                    "http://127.0.0.1:%s/v1/scores/big/".formatted(port)));
      }
    }
  }

  private double startMillis(String... arguments) throws IOException {
    long begin = System.nanoTime();
    try (ServeRun server =
        new ServeRun(directory, Map.of("PARITREE_JAVA_OPTS", String.join(" ", HEAP)), arguments)) {
      server.port();
      return (System.nanoTime() - begin) / 1e6;
    }
  }

  private String compare(String empty, String stored) throws Exception {
    String[] urls = {empty, stored};
    double[][] rates = new double[2][rounds];
    for (String url : urls) {
      throughput(url); // warms both
    }

    for (int round = 0; round < rounds; round++) {
      for (int which = 0; which < 2; which++) {
        rates[which][round] = throughput(urls[which]);
      }
    }

    double half = Trial.median(rates[1]) / 2;
    double[][][] micros = new double[2][2][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int which = 0; which < 2; which++) {
        LoadTotals load = load(URI.create(urls[which]), half);
        micros[which][0][round] = load.millis(0.5) * 1e3;
        micros[which][1][round] = load.millis(0.99) * 1e3;
      }
    }

    return String.format(
        Locale.ROOT,
        "\"empty\": {\"rps\": %.0f, \"p50us\": %.0f, \"p99us\": %.0f}, \"stored\": {\"rps\": %.0f,"
            + " \"p50us\": %.0f, \"p99us\": %.0f}, \"throughputRatio\": %.3f",
        Trial.median(rates[0]),
        Trial.median(micros[0][0]),
        Trial.median(micros[0][1]),
        Trial.median(rates[1]),
        Trial.median(micros[1][0]),
        Trial.median(micros[1][1]),
        Trial.median(rates[1]) / Trial.median(rates[0]));
  }

  /** Sends requests that are evenly spaced in time. */
  private LoadTotals load(URI url, double rate) throws IOException {
    Random random = new Random(2);
    Load load =
        new Load(
            url.getPort(),
            CLIENTS,
            rate,
            number ->
                "GET %s%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .formatted(url.getPath(), key(random.nextInt(rows)))
                    .getBytes(StandardCharsets.US_ASCII),
            (number, answer) -> answer.status() == 200 ? "" : answer.head());
    LoadTotals totals = load.finishAfter(seconds);
    if (!totals.flawless()) {
      throw new IOException("Not every request was answered by 200: " + totals);
    }

    return totals;
  }

  /** Returns requests per second with connections that wait for each answer. */
  private double throughput(String url) throws Exception {
    return Wrk.throughput(
        """
        local path = "%s"
        function init(args)
          math.randomseed(os.time())
        end
        function request()
          return wrk.format("GET", path .. string.format("%%d", math.random(0, %s) * 7))
        end
        """
            .formatted(url.replaceFirst("http://[^/]+", ""), rows - 1),
        url,
        seconds);
  }
}
