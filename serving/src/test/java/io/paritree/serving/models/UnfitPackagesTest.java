package io.paritree.serving.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.model.TestPackages;
import io.paritree.serving.AccessTable;
import io.paritree.serving.Client;
import io.paritree.serving.RunningServer;
import io.paritree.serving.SwapTrial;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Versions whose files have no end, never answer or lie elsewhere: none is put into service, each
 * is refused at once, and no answer has the digest of a file.
 */
@Timeout(300)
class UnfitPackagesTest {
  private static final int TRIES = 30;
  private static final long SPARSE_BYTES = 1L << 40;
  private static final String SCORE = "/v1/models/parcel-late/score";
  private static final String RECORD = TestPackages.records(1).get(0);
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  @TempDir Path directory;
  private final AtomicBoolean isOver = new AtomicBoolean();

  /** What is in the place of a file. */
  private enum Harm {
    PIPE,
    ENDLESS_DEVICE,
    EMPTY_DEVICE,
    LINK_TO_A_PIPE,
    LINK_OUT,
    LINK_TO_ITSELF,
    LINK_TO_NOTHING,
    DIRECTORY,
    SPARSE,
    GROWING
  }

  @Test
  void noneIsPutIntoServiceAndEachIsRefusedAtOnce() throws Exception {
    Path store = directory.resolve("store");
    TestPackages packages = new TestPackages(store);
    packages.binary(2, 21);
    packages.binary(1, 20);
    Path late = store.resolve("parcel-late");
    Map<String, String> settings = new HashMap<>();
    settings.put("security.admin-tokens", AccessTable.settings().get("security.admin-tokens"));
    settings.put("models.poll", "0 s");
    long seed = Seed.next();
    Random random = new Random(seed);
    try (RunningServer serving = RunningServer.start(List.of(late.toString()), settings);
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      Set<String> own = digests(client.get("/v1/models").body());
      for (int number = 3; number < 3 + TRIES; number++) {
        Harm harm = Harm.values()[random.nextInt(Harm.values().length)];
        Path version = late.resolve(String.valueOf(number));
        Path file = copy(late.resolve("2"), version, random);
        String what = "seed %s: %s in place of %s".formatted(seed, harm, file);
        harm(harm, file, number);
        SwapTrial.champion(late, number);

        int status =
            management
                .send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken())
                .status();
        assertThat(status).as(what).isNotEqualTo(200);
        assertThat(client.post(SCORE, RECORD).body())
            .as(what)
            .contains("\"model_version\":\"parcel-late/1\"");
        String models = client.get("/v1/models").body();
        assertThat(models).as(what).contains("\"refused\"");
        assertThat(digests(models)).as(what).isEqualTo(own);
        isOver.set(true);
      }

      SwapTrial.champion(late, 2);
      management.send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken());
      assertThat(client.post(SCORE, RECORD).body()).as("seed %s", seed).contains("parcel-late/2");
      assertThat(waiting()).as("seed %s", seed).isEmpty();
    } finally {
      isOver.set(true);
    }
  }

  /** Copies a package and returns one of its files, or its whole list of digests. */
  private static Path copy(Path from, Path to, Random random) throws IOException {
    Files.createDirectories(to);
    List<Path> files;
    try (Stream<Path> all = Files.list(from)) {
      files = all.sorted().toList();
    }

    for (Path file : files) {
      Files.copy(file, to.resolve(file.getFileName()));
    }

    return to.resolve(files.get(random.nextInt(files.size())).getFileName());
  }

  private void harm(Harm harm, Path file, int number) throws Exception {
    Path elsewhere = directory.resolve("elsewhere-" + number);
    if (harm != Harm.GROWING) {
      Files.move(file, elsewhere);
    }

    switch (harm) {
      case PIPE -> pipe(file);
      case ENDLESS_DEVICE -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
      case EMPTY_DEVICE -> Files.createSymbolicLink(file, Path.of("/dev/null"));
      case LINK_TO_A_PIPE -> {
        pipe(file.resolveSibling("pipe"));
        Files.createSymbolicLink(file, Path.of("pipe"));
      }
      case LINK_OUT -> Files.createSymbolicLink(file, elsewhere);
      case LINK_TO_ITSELF -> Files.createSymbolicLink(file, file.getFileName());
      case LINK_TO_NOTHING -> Files.createSymbolicLink(file, Path.of("gone"));
      case DIRECTORY -> Files.createDirectory(file);
      case SPARSE -> {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(SPARSE_BYTES);
        }
      }
      case GROWING -> grow(file);
    }
  }

  private static void pipe(Path file) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
  }

  private void grow(Path file) throws IOException {
    Files.write(file, new byte[1 << 12], StandardOpenOption.APPEND);
    isOver.set(false);
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
                for (int written = 0; !isOver.get() && written < 1 << 26; written += 1 << 12) {
                  out.write(new byte[1 << 12]);
                }
              } catch (IOException e) {
                // The directory may be gone.
              }
            });
    writer.setDaemon(true);
    writer.start();
  }

  private static Set<String> digests(String text) {
    return DIGEST.matcher(text).results().map(found -> found.group()).collect(Collectors.toSet());
  }

  /** Returns the threads that read a file of a store. */
  private static Set<String> waiting() {
    Set<String> names = new TreeSet<>();
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              boolean reads =
                  Stream.of(stack).anyMatch(call -> call.getClassName().endsWith("LocalStore"));
              if (thread.getName().startsWith("store of ") && reads) {
                names.add(thread.getName());
              }
            });
    return names;
  }
}
