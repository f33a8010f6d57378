package io.paritree.model;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A store on a real HDFS: a name node and a data node in this process. */
class HdfsModelStoreTest extends ModelStoreContract {
  private static MiniDFSCluster cluster;
  private static int roots;

  @BeforeAll
  static void startCluster(@TempDir Path directory) throws IOException {
    cluster = new MiniDFSCluster.Builder(new Configuration(), directory.toFile()).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown(true);
  }

  @Override
  Location newRoot() throws IOException {
    Location root = Location.of(cluster.getURI() + "/store-" + roots++);
    // How long a client waits before it asks again whether its file is complete.
    FileStore.of(root, Map.of("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "5"));
    return root;
  }
}
