package io.paritree.store;

import io.paritree.HdfsCluster;
import io.paritree.MemoryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** {@link HadoopStore} on a real HDFS: a name node and a data node in this process. */
@Tag("clusters")
class HdfsStoreTest extends FileStoreContract {
  /** A client asks sooner again whether its file is complete, and more often. */
  private static final Map<String, String> IMPATIENT =
      Map.of(
          "dfs.client.block.write.locateFollowingBlock.initial.delay.ms",
          "5",
          "dfs.client.block.write.locateFollowingBlock.retries",
          "11");

  private static MiniDFSCluster cluster;

  @BeforeAll
  static void startCluster(@TempDir(factory = MemoryDisk.class) Path directory) throws IOException {
    cluster = HdfsCluster.start(new Configuration(), directory);
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown(true);
  }

  @Override
  Location root() {
    return Location.of(cluster.getURI() + "/contract");
  }

  @Override
  FileStore open(Location location) throws IOException {
    return FileStore.of(location, IMPATIENT);
  }
}
