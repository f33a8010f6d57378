package io.paritree.serving;

import io.paritree.ModelException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The models of a configuration, being opened by a thread of its own. */
final class Opening {
  private final FutureTask<Void> task;

  Opening(Models models, ServingConfig config, ServerMetrics metrics) {
    this.task =
        new FutureTask<>(
            () -> {
              models.open(config, metrics);
              return null;
            });
    Thread thread = new Thread(task, "opening");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits until all models are open.
   *
   * @throws ConfigurationException if one could not be called
   * @throws ModelException if one is corrupt or not supported
   * @throws IOException if one cannot be read
   */
  void await() throws ConfigurationException, ModelException, IOException {
    try {
      task.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof ConfigurationException wrong) {
        throw wrong;
      }

      if (cause instanceof ModelException refused) {
        throw refused;
      }

      if (cause instanceof IOException unreadable) {
        throw unreadable;
      }

      if (cause instanceof Error error) {
        throw error;
      }

      throw (RuntimeException) cause;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Cannot open the models: interrupted", e);
    }
  }
}
