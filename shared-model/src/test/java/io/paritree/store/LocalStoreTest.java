package io.paritree.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void failedWriteLeavesNothing() throws IOException {
    store().create(home().resolve("file"), new byte[0]);

    assertThatThrownBy(() -> store().create(home().resolve("file/below"), new byte[1]))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> store().replace(home().resolve("x".repeat(300)), new byte[1]))
        .isInstanceOf(IOException.class);
    assertThat(store().list(home())).hasSize(1);
  }
}
