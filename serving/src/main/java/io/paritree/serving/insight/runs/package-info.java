/**
 * The runs of an output and how its rows differ, as the job has reported them: {@code
 * /v1/scores/{table}/runs} and {@code drift}.
 *
 * <p>Uses requests, the outputs in service and the reports of runs. Nothing is read before a caller
 * asks for it.
 */
package io.paritree.serving.insight.runs;
