import { systemClock } from '../client/systemClock';
import { withPauses as walk } from '../limiter/pauses';

/**
 * Walks over items in real time, with a pause whenever it has taken long.
 *
 * @param visit gives false to end the walk
 */
export const withPauses = async <T>(elements: Iterable<T>, visit: (element: T) => boolean | void): Promise<void> =>
	await walk(systemClock, elements, visit);
