package io.paritree.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.HdfsCluster;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.SealedPackageTest;
import io.paritree.model.TestPackages;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store on a real HDFS (a name node and a data node in this process) behaves like a local one.
 */
@Tag("clusters")
class HdfsModelStoreTest {
  private static final String NAME = TestPackages.BINARY;

  private static MiniDFSCluster cluster;

  @TempDir Path packages;

  @BeforeAll
  static void startCluster(@TempDir Path directory) throws IOException {
    cluster = HdfsCluster.start(new Configuration(), directory);
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown(true);
  }

  @Test
  void versionsStayAndAnAliasMoves() throws Exception {
    Location root = Location.of(cluster.getURI() + "/store");
    // How long a client waits before it asks again whether its file is complete.
    FileStore files =
        FileStore.of(
            root, Map.of("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "5"));
    ModelStore store = new ModelStore(root);
    TestPackages sealed = new TestPackages(packages);
    for (long version : new long[] {2, 10}) {
      Path written = sealed.binary(version, 2);
      ModelStore.write(store.version(NAME, version), SealedPackageTest.filesOf(written));
    }

    store.setAlias(NAME, "champion", 2);
    assertThat(store.versions(NAME)).containsExactly(2L, 10L);
    assertThat(version(root + "/" + NAME)).isEqualTo(NAME + "/2");
    store.setAlias(NAME, "champion", 10);
    assertThat(version(root + "/" + NAME + "@champion")).isEqualTo(NAME + "/10");
    assertThat(version(root + "/" + NAME + "/2")).isEqualTo(NAME + "/2");

    assertThatThrownBy(
            () ->
                ModelStore.write(store.version(NAME, 2), Map.of(PackageFiles.DIGESTS, new byte[1])))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> version(root + "/" + NAME + "@next"))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("[champion]");
    assertThat(files.list(root.resolve(NAME)))
        .extracting(entry -> entry.location().name())
        .containsExactlyInAnyOrder("2", "10", "aliases", "moves");

    Location bare = root.resolve("bare.model");
    files.create(bare, TestPackages.wideModel(3, 2, 2));
    assertThat(version(bare.toString())).startsWith("unsealed:");
  }

  private static String version(String reference) throws Exception {
    return Opening.open(reference, EngineKind.FOREST).modelVersion();
  }
}
