import { SetMetadata } from '@nestjs/common';

export const RAW = 'hil:raw';

/** The route answers without the envelope. */
export const Raw = () => SetMetadata(RAW, true);
