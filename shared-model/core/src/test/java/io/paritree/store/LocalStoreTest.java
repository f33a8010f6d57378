package io.paritree.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreTest extends FileStoreContract {
  @TempDir Path directory;

  @Override
  Location root() {
    return Location.of(directory);
  }

  @Test
  void nameMayHoldAColon() throws IOException {
    store().create(home().resolve("at=10:30"), "content".getBytes(UTF_8));

    assertThat(store().list(home())).hasSize(1);
    assertThat(store().read(home().resolve("at=10:30"))).hasSize(7);
  }

  @Test
  void deleteRemovesALinkAndNotWhatItLeadsTo() throws IOException {
    store().create(home().resolve("kept/file"), new byte[0]);
    store().createDirectories(home().resolve("deleted"));
    Files.createSymbolicLink(
        home().resolve("deleted/link").toPath(), home().resolve("kept").toPath());

    store().delete(home().resolve("deleted"));

    assertThat(store().find(home().resolve("deleted"))).isEmpty();
    assertThat(store().find(home().resolve("kept/file"))).isPresent();
  }

  @Test
  void realLocationFollowsLinks() throws IOException {
    store().createDirectories(home().resolve("in"));
    Files.createSymbolicLink(home().resolve("link").toPath(), home().resolve("in").toPath());

    assertThat(store().real(home().resolve("link/out/below")))
        .isEqualTo(store().real(home().resolve("in")).resolve("out/below"));
  }

  @Test
  void realLocationFollowsALinkToWhatDoesNotExist() throws IOException {
    store().createDirectories(home().resolve("in"));
    Files.createSymbolicLink(home().resolve("link").toPath(), home().resolve("in").toPath());
    Files.createSymbolicLink(home().resolve("to-new").toPath(), Path.of("link/new/below"));

    assertThat(store().real(home().resolve("to-new/out")))
        .isEqualTo(store().real(home()).resolve("in/new/below/out"));
  }

  @Test
  void linkIsFoundAsWhatItLeadsTo() throws IOException {
    store().create(home().resolve("file"), new byte[5]);
    Files.createSymbolicLink(home().resolve("link").toPath(), home().resolve("file").toPath());
    Files.createSymbolicLink(home().resolve("dead").toPath(), home().resolve("missing").toPath());

    assertThat(store().find(home().resolve("link")).orElseThrow().bytes()).isEqualTo(5);
    assertThat(store().find(home().resolve("dead"))).isEmpty();
    assertThat(store().list(home())).hasSize(2);
  }

  @Test
  void fileOfAnothersDirectoryIsReadByLinksThatStayInItOnly() throws IOException {
    Location volume = home().resolve("volume");
    store().create(volume.resolve("..2026_12_02.1/settings.conf"), new byte[7]);
    store().create(home().resolve("secret"), new byte[7]);
    link("volume/..data", "..2026_12_02.1");
    link("volume/settings.conf", "..data/settings.conf");
    link("volume/out", "../secret");
    link("volume/nothing", "gone");
    link("volume/circle", "round");
    link("volume/round", "circle");
    link("volume/endless", "/dev/zero");
    link("mount", "volume");

    for (Location directory : List.of(volume, home().resolve("mount"))) {
      assertThat(store().readAtMost(directory, directory.resolve("settings.conf"), 7)).hasSize(7);
      refused(directory, "out", "leads out of " + directory + " by a link");
      refused(directory, "nothing", "is a link to nothing");
      refused(directory, "circle", "is a link to nothing");
      assertThat(store().list(directory)).noneMatch(one -> one.location().name().equals("round"));
      refused(directory, "endless", "is a device or a pipe");
      refused(directory, "..data", "is a directory");
      assertThatThrownBy(() -> store().readAtMost(directory, directory.resolve("absent"), 7))
          .isInstanceOf(NoSuchFileException.class);
    }
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(home().resolve(name).toPath(), Path.of(target));
  }

  private void refused(Location directory, String name, String why) {
    assertThatThrownBy(() -> store().readAtMost(directory, directory.resolve(name), 7))
        .isInstanceOf(UnfitFileException.class)
        .hasMessageContaining(why);
  }

  @Test
  void pipeIsRefusedWithoutWaitingForAWriter() throws Exception {
    Path pipe = home().resolve("pipe").toPath();
    store().createDirectories(home());
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    refused(home(), "pipe", "is a device or a pipe");
  }

  @Test
  void fileThatGrowsIsReadNoFurtherThanItWasLong() throws Exception {
    Location process = Location.of(Path.of("/proc/self")); // has files whose length is said to be 0
    refused(process, "status", "grows while it is read");

    Path file = home().resolve("grows").toPath();
    store().create(home().resolve("grows"), new byte[1]);
    AtomicBoolean isOver = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
                for (long written = 0; !isOver.get() && written < 1 << 22; written += 1 << 6) {
                  out.write(new byte[1 << 6]);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.start();
    try {
      for (int look = 0; look < 200; look++) {
        long before = Files.size(file);
        try {
          byte[] content = store().readAtMost(home(), home().resolve("grows"), 1 << 28);
          assertThat(content.length).isGreaterThanOrEqualTo((int) before);
        } catch (UnfitFileException e) {
          assertThat(e).hasMessageContaining("grows while it is read");
        }
      }
    } finally {
      isOver.set(true);
      writer.join();
    }
  }

  @Test
  void failedWriteLeavesNothing() throws IOException {
    store().create(home().resolve("file"), new byte[0]);

    assertThatThrownBy(() -> store().create(home().resolve("file/below"), new byte[1]))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store().replace(home().resolve("x".repeat(300)), new byte[1]))
        .isInstanceOf(IOException.class);
    assertThat(store().list(home())).hasSize(1);
  }
}
