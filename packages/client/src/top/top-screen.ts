import type { Output } from '../output/output.ts';
import type { TopView } from './top-view.ts';

/** What a picture is drawn for; `rows` is the height of a terminal, without it everything is shown. */
export type TopScreen = Pick<Output, 'columns' | 'style'> & { rows?: number | undefined };

/** A picture in the making: what is shown, and for what. */
export type TopPicture = { view: TopView; screen: TopScreen };
