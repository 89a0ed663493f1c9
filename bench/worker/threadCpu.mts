interface CpuUsage {
	user: number;
	system: number;
}

/**
 * Processor time of this thread in µs, or that since an earlier reading. Node 24, on which the benchmarks run, has it;
 * the types of the oldest Node that the package supports do not.
 */
export const threadCpuUsage = (since?: CpuUsage): CpuUsage =>
	(process as unknown as { threadCpuUsage(since?: CpuUsage): CpuUsage }).threadCpuUsage(since);
